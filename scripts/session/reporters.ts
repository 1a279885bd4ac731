/** The formats that a run can print, in addition to the reports in its folder. */
export { REPORTERS, type ReporterName } from '../../reports/renderers/list.ts';
