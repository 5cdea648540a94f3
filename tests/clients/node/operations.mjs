// The operations: a step in, its answer out.
import { DEFINED, consumed, describe, key, ofBatch, row, settingsOf, written } from './answers.mjs';
import {
  changes,
  number,
  options,
  pairs,
  put,
  returned,
  rowCondition,
  units,
  view,
} from './requests.mjs';

const WRITES = ['PUT', 'UPDATE', 'DELETE'];
export const operations = {
  CreateTable: async (client, step) => {
    const primaryKey = step.keys.map(([name, type, option]) => ({ name, type, option }));
    const definedColumn = (step.defined ?? []).map(([name, type]) => ({
      name,
      type: DEFINED.indexOf(type),
    }));
    await client.createTable({
      tableMeta: { tableName: step.table, primaryKey, definedColumn },
      reservedThroughput: units(step),
      tableOptions: options(step),
    });
    return {};
  },
  ListTable: async (client) => ({ tables: (await client.listTable({})).tableNames }),
  DescribeTable: async (client, step) =>
    describe(await client.describeTable({ tableName: step.table })),
  UpdateTable: async (client, step) =>
    settingsOf(
      await client.updateTable({
        tableName: step.table,
        tableOptions: options(step),
        reservedThroughput: units(step),
      }),
    ),
  DeleteTable: async (client, step) => {
    await client.deleteTable({ tableName: step.table });
    return {};
  },
  PutRow: async (client, step) =>
    written(
      await client.putRow({
        tableName: step.table,
        condition: rowCondition(step),
        ...put(step),
        returnContent: returned(step),
      }),
      step,
    ),
  UpdateRow: async (client, step) =>
    written(
      await client.updateRow({
        tableName: step.table,
        condition: rowCondition(step),
        primaryKey: pairs(step.key),
        updateOfAttributeColumns: changes(step),
        returnContent: returned(step),
      }),
      step,
    ),
  DeleteRow: async (client, step) =>
    written(
      await client.deleteRow({
        tableName: step.table,
        condition: rowCondition(step),
        primaryKey: pairs(step.key),
        returnContent: returned(step),
      }),
      step,
    ),
  GetRow: async (client, step) =>
    written(
      await client.getRow({
        tableName: step.table,
        primaryKey: pairs(step.key),
        ...view(step),
      }),
      step,
    ),
  GetRange: async (client, step) => {
    const answer = await client.getRange({
      tableName: step.table,
      direction: step.direction ?? 'FORWARD',
      inclusiveStartPrimaryKey: pairs(step.start),
      exclusiveEndPrimaryKey: pairs(step.end),
      limit: number(step.limit),
      ...view(step),
    });
    return {
      rows: answer.rows.map((found) => row(found, step)),
      next: answer.nextStartPrimaryKey && key(answer.nextStartPrimaryKey),
      consumed: consumed(answer),
    };
  },
  BatchGetRow: async (client, step) => {
    const tables = step.tables.map((part) => ({
      tableName: part.table,
      primaryKey: part.wanted.map(pairs),
      ...view(part),
    }));
    const answer = await client.batchGetRow({ tables });
    return { rows: answer.tables.map((rows) => rows.map((item) => ofBatch(item, step))) };
  },
  BatchWriteRow: async (client, step) => {
    const tables = step.tables.map((part) => ({
      tableName: part.table,
      rows: part.rows.map((write) => ({
        type: write.kind,
        condition: rowCondition(write),
        primaryKey: pairs(write.key),
        attributeColumns: write.kind === 'UPDATE' ? changes(write) : put(write).attributeColumns,
        returnContent: returned(write),
      })),
    }));
    const answers = (await client.batchWriteRow({ tables })).tables;
    const kinds = step.tables.flatMap((part) => part.rows.map((write) => write.kind));
    const tagged = answers.map((item, index) => [kinds[index], ofBatch(item, step)]);
    return {
      rows: WRITES.map((kind) => tagged.filter(([own]) => own === kind).map(([, item]) => item)),
    };
  },
};
