import type { RuleTexts } from '../../activities/ports/rule-texts.ts';
import type { Database } from './database.ts';

/** The texts of rules in PostgreSQL. A worker can add to them and no more. */
export const createRuleTexts = ({ pool }: Pick<Database, 'pool'>): RuleTexts => ({
  keep: async (texts) => {
    const rows = Object.entries(texts).sort(([one], [other]) => (one < other ? -1 : 1));
    await pool.query(
      `insert into countersign_rule_texts (digest, content)
       select * from unnest($1::text[], $2::bytea[]) on conflict (digest) do nothing`,
      [rows.map(([digest]) => digest), rows.map(([, text]) => Buffer.from(text))],
    );
  },

  of: async (digests) => {
    const { rows } = await pool.query<{ digest: string; content: Buffer }>(
      'select digest, content from countersign_rule_texts where digest = any($1)',
      [digests],
    );
    return Object.fromEntries(rows.map(({ digest, content }) => [digest, content.toString()]));
  },
});
