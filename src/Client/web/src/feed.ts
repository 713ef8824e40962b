import type { DeviceDetail } from './api.ts';
import type { CardPart } from './card.ts';
import { h } from './dom.ts';
import { fill, t } from './i18n.ts';

/** The way from a light point to the cabinet that feeds it. */
export class FeedLink implements CardPart {
  readonly element: HTMLElement;

  constructor(lamp: DeviceDetail, cabinet: string, choose: (id: string) => void) {
    const link = h('button', { type: 'button', class: 'link', 'data-cabinet': cabinet }, cabinet);
    link.addEventListener('click', () => choose(cabinet));
    const segment = lamp.attributes['segment'];
    this.element = h('p', { class: 'feed' }, h('span', { class: 'muted' }, `${t().fedBy} `), link, segment === undefined ? '' : h('span', { class: 'muted' }, `, ${fill(t().lamps.segment, { n: String(segment) })}`));
  }

  stop(): void {
    // Nothing runs.
  }
}
