/** Writes docs/reference.md, as the schemas have it. */
import { writeFileSync } from 'node:fs';
import { referencePage } from './reference/page.ts';

writeFileSync(new URL('../docs/reference.md', import.meta.url), referencePage());
