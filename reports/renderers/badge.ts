/** A badge in the endpoint format of shields.io. */
import type { Badge } from '../recorded.ts';
import type { Renderer } from './renderer.ts';

const renderer: Renderer = {
  file: () => 'badge.json',
  contents: 'a badge in the endpoint format of shields.io',
  render: ({ badge }) => {
    const whole: Badge = { schemaVersion: 1, label: 'lockstep', ...badge };
    return `${JSON.stringify(whole, null, 2)}\n`;
  },
};
export default renderer;
