import { h } from './dom.ts';
import { counted, t } from './i18n.ts';

const minutes = [30, 60, 240, 720];

/** For how long something is asked: until the plan is followed again, or for some time. */
export function durationSelect(id: string): HTMLSelectElement {
  return h(
    'select',
    { id },
    h('option', { value: '' }, t().order.untilPlan),
    ...minutes.map((value) => h('option', { value }, value < 60 ? counted(t().order.minutes, value) : counted(t().order.hours, value / 60))),
  );
}

/** The argument that the choice stands for. */
export function durationOf(select: HTMLSelectElement): Record<string, number> {
  return select.value === '' ? {} : { durationMinutes: Number(select.value) };
}
