import { part, write } from './dom.ts';

/** What is asked before something is done that many devices or people would notice. */
export interface Question {
  title: string;
  text: string;
  /** What the button says that does it. */
  send: string;
  /** What is chosen along with it. */
  choice?: Node[];
}

/** Asks a person; true when they agree. What had asked gets the focus back. */
export function confirmed({ title, text, send, choice = [] }: Question, asked: HTMLElement | null): Promise<boolean> {
  const [dialog, form] = [part<HTMLDialogElement>('confirm'), part<HTMLFormElement>('confirm-form')];
  write(part('confirm-title'), title);
  write(part('confirm-text'), text);
  part('confirm-choice').replaceChildren(...choice);
  write(part('confirm-send'), send);
  return new Promise((resolve) => {
    let agreed = false;
    form.onsubmit = (event) => {
      event.preventDefault();
      agreed = true;
      dialog.close();
    };
    part('confirm-cancel').onclick = () => dialog.close();
    dialog.onclose = () => {
      asked?.focus();
      resolve(agreed);
    };
    dialog.showModal();
    part('confirm-cancel').focus();
  });
}
