// The client's answers in the contract's words.
export function plain(value) {
  if (Buffer.isBuffer(value)) return { b: value.toString('hex') };
  if (typeof value === 'number') return { d: value };
  if (typeof value === 'object' && value !== null) return { i: value.toString() };
  return value;
}
export const whole = (value) => ({ i: String(value) });

const KEY_TYPES = ['', 'INTEGER', 'STRING', 'BINARY'];
export const DEFINED = ['', 'INTEGER', 'DOUBLE', 'BOOLEAN', 'STRING', 'BLOB'];
export function settingsOf(answer) {
  const details = answer.reservedThroughputDetails;
  const table = answer.tableOptions;
  return {
    options: {
      time_to_live: whole(table.timeToLive),
      max_versions: whole(table.maxVersions),
      max_time_deviation: whole(table.deviationCellVersionInSec),
      allow_update: table.allowUpdate,
    },
    units: [whole(details.capacityUnit.read), whole(details.capacityUnit.write)],
    lowered: Number(details.lastDecreaseTime) > 0,
  };
}
export function describe(answer) {
  const { primaryKey, definedColumn } = answer.tableMeta;
  return {
    keys: primaryKey.map((column) =>
      // An option that the answer does not have reads as AUTO_INCREMENT.
      Object.hasOwn(column, 'option')
        ? [column.name, KEY_TYPES[column.type], 'AUTO_INCREMENT']
        : [column.name, KEY_TYPES[column.type]],
    ),
    defined: definedColumn.map(({ name, type }) => [name, DEFINED[type]]),
    ...settingsOf(answer),
  };
}

// Rows on their way out.
export const key = (cells) => cells.map(({ name, value }) => [name, plain(value)]);
export const consumed = (answer) => {
  const { read, write } = answer.consumed?.capacityUnit ?? answer.capacityUnit;
  return [whole(read), whole(write)];
};
export function row(found, step) {
  if (!found?.primaryKey) return null;
  const columns = (found.attributes ?? []).map(({ columnName, columnValue, timestamp }) =>
    step.stamps
      ? [columnName, plain(columnValue), whole(timestamp)]
      : [columnName, plain(columnValue)],
  );
  return { key: key(found.primaryKey), columns };
}
export const written = (answer, step) => ({ row: row(answer.row, step), consumed: consumed(answer) });
export function ofBatch(item, step) {
  if (!item.isOk) return { error: [item.errorCode, item.errorMessage] };
  return { row: row(item, step), consumed: consumed(item) };
}
