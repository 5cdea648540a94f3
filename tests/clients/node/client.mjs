// Carries out the contract's steps with the official client for JavaScript: JSON in, JSON out.
import { readFileSync } from 'node:fs';

import { whole } from './answers.mjs';
import { operations } from './operations.mjs';
import OTS from './ots.mjs';

const { settings, steps } = JSON.parse(readFileSync(0, 'utf8'));

// Errors: the client hands over the answer's bytes as a text, with the status as their code.
function refusal(error) {
  if (typeof error.code !== 'number') return { client: true };
  const [, , code, rest] = error.message.match(/^\n([^])([A-Za-z]+)\x12([^]*) requestId:.*$/);
  const length = rest.charCodeAt(0) < 128 ? 1 : 2;
  return { error: [whole(error.code), code, rest.slice(length)] };
}

const clock = OTS.util.date.getDate;
const answers = [];
for (const step of steps) {
  const used = { ...settings, ...step.settings };
  const client = new OTS.Client({
    endpoint: used.endpoint,
    instancename: used.instance,
    accessKeyId: used.key_id,
    accessKeySecret: used.secret,
    stsToken: used.token,
  });
  OTS.util.date.getDate = () => new Date(clock().getTime() + (used.ahead ?? 0) * 1000);
  try {
    answers.push(await operations[step.operation](client, step));
  } catch (error) {
    if (process.env.DEBUG_CONTRACT) console.error(step.operation, error);
    answers.push(refusal(error));
  }
}
process.stdout.write(JSON.stringify({ native: false, answers }));
