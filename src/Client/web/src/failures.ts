import { ApiError } from './http.ts';
import { t } from './i18n.ts';

/** Why something failed and what to do next, in one line for people. */
export function failureLine(error: unknown): string {
  if (!(error instanceof ApiError)) return String(error);
  const next = nextStep(error.status);
  return error.status === 0 ? next : [error.line, next].filter(Boolean).join(' – ');
}

/** A refused field says itself what to mend. */
function nextStep(status: number): string {
  if (status === 0) return t().failures.noAnswer;
  if (status === 401) return t().failures.signIn;
  if (status === 403) return t().failures.askForRight;
  if (status === 404) return t().failures.gone;
  if (status === 429 || status === 503) return t().failures.wait;
  return status >= 500 ? t().failures.report : '';
}
