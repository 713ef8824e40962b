import { part, write } from './dom.ts';
import { t } from './i18n.ts';
import { forgetToken, setToken, token } from './session.ts';

/** Asks who a person is, by the token that they were given. */
export class SignIn {
  constructor(signedIn: () => void) {
    const dialog = part<HTMLDialogElement>('sign-in-dialog');
    dialog.addEventListener('cancel', (event) => event.preventDefault());
    part('sign-in').addEventListener('submit', (event) => {
      event.preventDefault();
      const field = part<HTMLInputElement>('sign-in-token');
      setToken(field.value);
      field.value = '';
      dialog.close();
      signedIn();
    });
  }

  /** What was given before, if anything, is not accepted. */
  ask(): void {
    const dialog = part<HTMLDialogElement>('sign-in-dialog');
    write(part('sign-in-error'), token() === null ? '' : t().tokenRefused);
    forgetToken();
    if (!dialog.open) dialog.showModal();
  }
}
