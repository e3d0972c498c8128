import { z } from 'zod';

/** A group or a person of the catalog. */
export const peopleRef = z
  .string()
  .regex(/^(user|group):[A-Za-z0-9][A-Za-z0-9._-]*$/, 'must be group:name or user:name')
  .meta({ title: '`group:NAME` or `user:NAME`' });
