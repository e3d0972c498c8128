/**
 * A contradiction that the machine found: what the agent wrote, or asks for, beside what the request, the installation, the metrics or the
 * ledger say. A finding is shown to people. It lowers nothing: no tier, no severity and no risk falls because of it.
 */
export interface Finding {
  readonly kind: FindingKind;
  /** The parameter that it is shown beside. Absent: it is about the action as a whole. */
  readonly parameter?: string | undefined;
  /** 1: worth a look; 2: doubtful; 3: speaks against the action by itself. */
  readonly weight: 1 | 2 | 3;
  /** One sentence for people: what was compared with what, and both values. Texts of the agent are quoted in it. */
  readonly text: string;
}

export const FINDING_KINDS = [
  'numberDiffers',
  'anotherName',
  'claimedApproval',
  'wrongDirection',
  'notMeasured',
  'evidenceOld',
  'evidenceWithoutSource',
  'largeChange',
  'noChange',
  'wentWrongBefore',
  'incidentOpen',
  'notUndone',
  'detector',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];
