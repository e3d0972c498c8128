import type { CallToolResult } from '@modelcontextprotocol/server';
import type { ToolAnswer } from './tools.ts';
import type { Told } from './words.ts';

/** What a call of a tool answers. */
export function resultOf(answer: ToolAnswer): CallToolResult {
  return answer.kind === 'result' ? answer.result : actionResult(answer.told);
}

/** How an action stands: in words for the model, and as data for programs. */
function actionResult(told: Told): CallToolResult {
  const { message, ...rest } = told;
  return {
    content: [{ type: 'text', text: `${message}\n${JSON.stringify(rest)}` }],
    structuredContent: { ...told },
  };
}
