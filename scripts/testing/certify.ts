/**
 * Certifies as the compiled code does, for tests whose adapters need no process of their own: in this one a target is then
 * imported by Node.js itself, while a test runner would take its name apart. To start processes takes most of the time.
 */
import type { certify as Certify } from '../../suites/certify.ts';
import { distUrl } from '../paths.ts';

const compiled = (await import(distUrl('suites/certify.js'))) as { readonly certify: typeof Certify };

export const certify: typeof Certify = compiled.certify;
