// The contract's words in the client's.
import OTS from './ots.mjs';

export const SPECIAL = { INF_MIN: OTS.INF_MIN, INF_MAX: OTS.INF_MAX, AUTO_INCREMENT: OTS.PK_AUTO_INCR };

// Values on their way in and out.
export function real(value) {
  if (typeof value !== 'object' || value === null) return value;
  if ('i' in value) return OTS.Long.fromString(value.i);
  if ('d' in value) return Number(value.d === 'nan' ? NaN : value.d === 'inf' ? Infinity : value.d);
  if ('b' in value) return Buffer.from(value.b, 'hex');
  return SPECIAL[value.special];
}
export const number = (value) => (value === undefined ? undefined : Number(value.i));
export const pairs = (cells) => cells.map(([name, value]) => ({ [name]: real(value) }));
export const stamped = ([name, value, stamp]) =>
  stamp === undefined
    ? { [name]: real(value) }
    : { [name]: real(value), timestamp: number(stamp) };

// Conditions, filters and views.
export function columnCondition(given) {
  if (!given) return null;
  if (given.page) return new OTS.ColumnPaginationFilter(...given.page.map(number).reverse());
  if (given.parts) {
    const together = new OTS.CompositeCondition(OTS.LogicalOperator[given.operator]);
    given.parts.forEach((part) => together.addSubCondition(columnCondition(part)));
    return together;
  }
  const { column, value, comparator, pass_if_missing: pass, latest_only: latest } = given;
  const kind = OTS.ComparatorType[comparator];
  return new OTS.SingleColumnCondition(column, real(value), kind, pass, latest);
}
export const rowCondition = (step) =>
  new OTS.Condition(
    OTS.RowExistenceExpectation[step.existence ?? 'IGNORE'],
    columnCondition(step.condition),
  );
export function returned(step) {
  const kinds = { PK: OTS.ReturnType.Primarykey, AFTER_MODIFY: OTS.ReturnType.AfterModify };
  return { returnType: kinds[step.returned], returnColumns: step.returned_columns };
}
export function view(step) {
  const shown = { maxVersions: number(step.max_versions) };
  if (step.columns_to_get) shown.columnsToGet = step.columns_to_get;
  if (step.filter) shown.columnFilter = columnCondition(step.filter);
  if (step.start_column) shown.startColumn = step.start_column;
  if (step.end_column) shown.endColumn = step.end_column;
  if (Array.isArray(step.time_range)) {
    const [startTime, endTime] = step.time_range.map(number);
    shown.timeRange = { startTime, endTime };
  } else if (step.time_range) shown.timeRange = { specificTime: number(step.time_range) };
  return shown;
}
export function changes(step) {
  return step.changes.map(([kind, name, value, stamp]) => {
    if (kind === 'DELETE_ALL') return { DELETE_ALL: [name] };
    if (kind === 'DELETE') return { DELETE: [{ [name]: number(stamp) }] };
    return { [kind]: [stamped(stamp === undefined ? [name, value] : [name, value, stamp])] };
  });
}
export const put = (step) => ({
  primaryKey: pairs(step.key),
  attributeColumns: (step.columns ?? []).map(stamped),
});

// Tables.
export function options(step) {
  const given = step.options ?? {};
  return {
    timeToLive: number(given.time_to_live),
    maxVersions: number(given.max_versions),
    maxTimeDeviation: number(given.max_time_deviation),
    allowUpdate: given.allow_update,
  };
}
export function units(step) {
  const [read, write] = (step.units ?? []).map(number);
  return step.units && { capacityUnit: { read, write } };
}
