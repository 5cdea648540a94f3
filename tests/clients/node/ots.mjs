// The official client, from the folder that the command line names.
import { createRequire } from 'node:module';

const OTS = createRequire(`${process.argv[2]}/`)('tablestore');
OTS.DefaultRetryPolicy.maxRetryTimes = 0;

export default OTS;
