import { ApiError } from './http.ts';
import { token } from './session.ts';

/** As many rows as the server gives may take longer than other answers. */
const patienceMillis = 120_000;

/** Keeps an answer of the server as a file. A plain link would not carry who asks. */
export async function download(path: string, fileName: string): Promise<void> {
  const bearer = token();
  let response: Response;
  let content: Blob;
  try {
    response = await fetch(path, { headers: { Accept: 'text/csv', ...(bearer ? { Authorization: `Bearer ${bearer}` } : {}) }, signal: AbortSignal.timeout(patienceMillis) });
    content = await response.blob();
  } catch (error) {
    throw new ApiError(0, error instanceof Error ? error.message : String(error), {});
  }

  if (!response.ok) throw new ApiError(response.status, `HTTP ${response.status}`, {});
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(link.href);
}

/** A button that does so, and says when it could not. */
export function onDownload(button: HTMLButtonElement, path: () => string, fileName: string, failed: (error: unknown) => void): void {
  button.addEventListener('click', () => {
    if (button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true');
    button.ariaBusy = 'true';
    void download(path(), fileName)
      .catch(failed)
      .finally(() => {
        button.removeAttribute('aria-disabled');
        button.ariaBusy = null;
      });
  });
}
