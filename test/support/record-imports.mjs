/** Hooks for module.register (Node, "Customization hooks"): each module that is imported is a line of the file in LOADED_MODULES. */
import { appendFileSync } from 'node:fs';

export async function resolve(specifier, context, next) {
  const resolved = await next(specifier, context);
  appendFileSync(process.env.LOADED_MODULES, `${resolved.url}\n`);
  return resolved;
}
