/** What a run can be published as, beside the reports in its folder. */
export { REPORTERS, type ReporterName } from '../../reports/renderers/list.ts';
