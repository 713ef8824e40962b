import './style.css';
import { address } from './address.ts';
import { alarm } from './alarms/alarmsApi.ts';
import { AlarmsPanel } from './alarms/alarmsPanel.ts';
import { communesOf, departments, ownCommunes, type CommuneSummary } from './api.ts';
import { CommunePanel, inseeOf } from './communes.ts';
import { DeviceCard } from './device.ts';
import { DevicePanel } from './devices.ts';
import { part, write } from './dom.ts';
import { EnergyPanel } from './energyPanel.ts';
import { failureLine } from './failures.ts';
import { FigurePanel } from './figures.ts';
import type { Step, Summary, View } from './frames.ts';
import { GroupPanel } from './groupPanel.ts';
import { ApiError } from './http.ts';
import { fill, language, setLanguage, t, translatePage } from './i18n.ts';
import { OrdersView } from './interventions/ordersView.ts';
import type { Language } from './language.ts';
import { Live, type LiveState, type Watch } from './live.ts';
import { TerritoryMap } from './map.ts';
import { NoticesPanel } from './noticesPanel.ts';
import { PromotionView } from './promotion/promotionView.ts';
import { RulesView } from './rules/rulesView.ts';
import { deviceScope, type DeviceScope, type Viewport } from './scope.ts';
import { takeTokenFromAddress } from './session.ts';
import { SignIn } from './signIn.ts';
import { Territories } from './territories.ts';
import { initTheme } from './theme.ts';
import { Views } from './views.ts';
import { WorkPanel } from './workPanel.ts';
import { ZonesPanel } from './zonesPanel.ts';

/** The circles of the other communes are asked for this often; the chosen territory itself is live. */
const communesMillis = 15_000;

class Page {
  readonly #signIn = new SignIn(() => void this.load());
  readonly #energy = new EnergyPanel();
  readonly #zones = new ZonesPanel();
  readonly #group = new GroupPanel();
  readonly #work = new WorkPanel(
    (id) => this.#chooseDevice(id),
    (id) => void this.#toAlarm(id),
  );
  readonly #notices = new NoticesPanel();
  readonly #alarms = new AlarmsPanel({ device: (id) => this.#chooseDevice(id), order: (id) => void this.#toOrder(id) });
  readonly #figures = new FigurePanel([this.#alarms.element, this.#group.element, this.#work.element, this.#notices.element, this.#energy.element, this.#zones.element]);
  readonly #communes = new CommunePanel((insee) => this.#chooseCommune(insee));
  readonly #devices = new DevicePanel(
    (id) => this.#chooseDevice(id),
    (kinds) => this.#map?.showKinds(kinds),
  );
  readonly #live = new Live(
    (state) => this.#showLive(state),
    () => this.#signIn.ask(),
  );
  readonly #card = new DeviceCard(
    (scope, options, onStep) => this.#live.watch(scope, options, onStep),
    (id) => this.#follow(id),
  );
  readonly #territories = new Territories();
  readonly #orders = new OrdersView(this.#territories, () => (this.#insee === null ? (this.#department?.scope ?? this.#list[0]?.scope ?? 'all') : `commune:${this.#insee}`), {
    device: (id) => this.#toDevice(id),
    alarm: (id) => void this.#toAlarm(id),
  });
  readonly #views = new Views(
    {
      orders: this.#orders,
      rules: new RulesView(this.#territories, (id) => this.#toDevice(id)),
      promotion: new PromotionView(this.#territories),
    },
    (name) => {
      address({ view: name === 'map' ? null : name });
      this.#arrange();
    },
  );
  #map: TerritoryMap | null = null;
  #department: Summary | null = null;
  #list: readonly CommuneSummary[] = [];
  #insee: string | null = null;
  #device: string | null = null;
  /** The devices over which a link led to this one, the first one first: the way back. */
  #trail: readonly string[] = [];
  #figureWatch: Watch | null = null;
  #deviceWatch: Watch | null = null;
  #scope: DeviceScope | null = null;
  #viewport: Viewport = { box: [0, 0, 0, 0], zoom: 0 };
  /** What the list and the map show: the former picture until the first snapshot of a new scope is whole. */
  #view: View | null = null;
  #listTimer = 0;
  #state: LiveState = 'connecting';

  constructor() {
    initTheme(() => this.#map?.recolour());
    const events = {
      commune: (insee: string) => this.#chooseCommune(insee),
      device: (id: string) => this.#chooseDevice(id),
      moved: (viewport: Viewport) => {
        this.#viewport = viewport;
        this.#watchDevices();
      },
    };
    try {
      this.#map = new TerritoryMap(part('map'), events);
    } catch {
      part('no-map').hidden = false;
    }

    part('retry').addEventListener('click', () => void this.load());
    part('overview').addEventListener('click', () => this.#chooseCommune(null));
    part('device-back').addEventListener('click', () => this.#closeDevice());
    addEventListener('keydown', (event) => {
      if (event.key === 'Escape' && this.#views.shown === 'map' && !document.querySelector('dialog[open]')) this.#stepBack();
    });
    for (const button of document.querySelectorAll<HTMLButtonElement>('[data-language]')) {
      button.addEventListener('click', () => {
        setLanguage(button.dataset['language'] as Language);
        this.#translate();
      });
    }

    this.#translate();
  }

  async load(): Promise<void> {
    part('failure').hidden = true;
    try {
      const found = await departments();
      this.#department = found.toSorted((a, b) => b.devices.total - a.devices.total)[0] ?? null;
      this.#list = await this.#findCommunes();
      if (!this.#department && this.#list.length === 0) {
        this.#say(t().noDepartment);
        return;
      }
    } catch (error) {
      this.#fail(error);
      return;
    }

    [this.#territories.department, this.#territories.communes] = [this.#department, this.#list];
    // One that was opened sooner than the territories were known has them to choose from now.
    this.#views.translate();
    this.#showCommunes();
    this.#live.start();
    const wanted = new URLSearchParams(location.search);
    const only = this.#department === null && this.#list.length === 1 ? this.#list[0] : undefined;
    this.#chooseCommune(this.#list.map(inseeOf).find((insee) => insee === wanted.get('commune')) ?? (only ? inseeOf(only) : null));
    const device = wanted.get('device');
    if (device) this.#chooseDevice(device);
    void this.#views.show(this.#views.named(wanted.get('view')));
    this.#pollCommunes();
  }

  /** Who has rights in some communes only sees these, and no department. */
  #findCommunes(): Promise<readonly CommuneSummary[]> {
    return this.#department ? communesOf(this.#department.scope.split(':')[1] ?? '') : ownCommunes();
  }

  #fail(error: unknown): void {
    if (error instanceof ApiError && error.status === 401) {
      this.#signIn.ask();
      return;
    }

    this.#say(fill(t().loadFailed, { reason: failureLine(error) }));
  }

  #say(failure: string): void {
    write(part('failure-text'), failure);
    part('failure').hidden = false;
  }

  #pollCommunes(): void {
    clearTimeout(this.#listTimer);
    this.#listTimer = window.setTimeout(async () => {
      try {
        if (document.visibilityState === 'visible') {
          this.#list = await this.#findCommunes();
          this.#showCommunes();
        }

        this.#pollCommunes();
      } catch (error) {
        // The live state says when the server is away; only a lost right needs the person.
        if (error instanceof ApiError && error.status === 401) this.#signIn.ask();
        else this.#pollCommunes();
      }
    }, communesMillis);
  }

  #showCommunes(): void {
    this.#communes.show(this.#list);
    this.#map?.setCommunes(this.#list);
  }

  #chooseCommune(insee: string | null): void {
    const commune = this.#list.find((each) => inseeOf(each) === insee) ?? null;
    const summary: Summary | null = commune ?? this.#department;
    const moved = this.#insee !== insee;
    this.#insee = insee;
    this.#device = null;
    this.#trail = [];
    this.#card.close();
    address({ commune: insee, device: null });
    this.#figureWatch?.stop();
    this.#figureWatch = null;
    part('figures').hidden = summary === null;
    if (summary) this.#showFigures(summary);
    this.#map?.selectCommune(insee);
    this.#map?.selectDevice(null);
    if (commune) this.#map?.toCommune(commune);
    else if (moved) this.#map?.overview();
    this.#watchDevices();
    this.#arrange();
    if (commune) part('device-search').focus({ preventScroll: true });
  }

  #showFigures(summary: Summary): void {
    this.#figures.show(summary);
    this.#energy.show(summary.scope);
    this.#zones.show(summary.scope);
    this.#work.show(summary.scope);
    this.#notices.show(summary.scope);
    this.#group.show(summary);
    this.#alarms.show(summary);
    this.#figureWatch = this.#live.watch(summary.scope, {}, (step) => this.#takeFigures(step));
  }

  #takeFigures(step: Step): void {
    if (step.summaryChanged) {
      this.#figures.show(step.view.summary);
      this.#group.show(step.view.summary);
      this.#alarms.show(step.view.summary);
      if (this.#insee === null) this.#department = step.view.summary;
    }

    if (step.alarmsChanged) this.#alarms.changed();
  }

  /** Watches the devices that the choice and the map call for, if that is not what is watched already. */
  #watchDevices(): void {
    const commune = this.#list.find((each) => inseeOf(each) === this.#insee);
    const chosen = commune && this.#insee ? { insee: this.#insee, devices: commune.devices.total } : null;
    const wanted = deviceScope(this.#department?.scope.split(':')[1] ?? null, chosen, this.#viewport, this.#scope);
    if (wanted === this.#scope) return;
    this.#deviceWatch?.stop();
    if (wanted?.scope !== this.#scope?.scope) this.#showDevices(null);
    this.#scope = wanted;
    this.#deviceWatch = wanted && this.#live.watch(wanted.scope, { devices: true, ...(wanted.box ? { bbox: wanted.box } : {}) }, (step) => this.#takeDevices(step));
    this.#arrange();
  }

  #takeDevices(step: Step): void {
    const changed = step.changed === 'all' || step.changed.size > 0;
    if (step.view.current && changed) this.#showDevices(step.view);
  }

  #showDevices(view: View | null): void {
    this.#view = view;
    this.#devices.show(view, this.#device);
    this.#map?.setDevices(view?.devices ?? new Map());
  }

  #chooseDevice(id: string): void {
    this.#trail = [];
    this.#openDevice(id);
  }

  /** A link of the device that is open leads to another one. */
  #follow(id: string): void {
    if (this.#device !== null) this.#trail = [...this.#trail, this.#device];
    this.#openDevice(id);
  }

  #openDevice(id: string, from: string | null = null): void {
    this.#device = id;
    address({ device: id });
    this.#card.open(id, from);
    this.#map?.selectDevice(id);
    this.#arrange();
    part('device-panel').scrollTop = 0;
    part('device-back').focus({ preventScroll: true });
  }

  /** From another screen to a device on the map. */
  #toDevice(id: string): void {
    void this.#views.show('map');
    this.#chooseDevice(id);
  }

  async #toOrder(id: string): Promise<void> {
    await this.#views.show('orders');
    await this.#orders.reveal(id);
  }

  /** To an alarm, in the territory that is chosen or, where it is none of it, in its commune. */
  async #toAlarm(id: string): Promise<void> {
    await this.#views.show('map');
    try {
      const { commune } = await alarm(id, language());
      if (this.#insee !== null && this.#insee !== commune) this.#chooseCommune(commune);
      await this.#alarms.reveal(id);
    } catch (error) {
      this.#say(failureLine(error));
    }
  }

  #closeDevice(): void {
    const id = this.#device;
    const back = this.#trail.at(-1);
    if (back !== undefined) {
      this.#trail = this.#trail.slice(0, -1);
      this.#openDevice(back, id);
      return;
    }

    this.#device = null;
    address({ device: null });
    this.#card.close();
    this.#map?.selectDevice(null);
    this.#arrange();
    this.#devices.focus(id);
  }

  #stepBack(): void {
    if (this.#device !== null) {
      this.#closeDevice();
    } else if (this.#insee !== null) {
      const insee = this.#insee;
      this.#chooseCommune(null);
      this.#communes.focus(insee);
    }
  }

  /** Shows the panel that the choice calls for: the device, the devices, or the communes. */
  #arrange(): void {
    const commune = this.#list.find((each) => inseeOf(each) === this.#insee);
    part('device-panel').hidden = this.#device === null;
    part('devices-panel').hidden = this.#device !== null || this.#scope === null;
    part('communes-panel').hidden = this.#device !== null || this.#scope !== null;
    part('hint').hidden = this.#scope !== null;
    const back = this.#trail.at(-1);
    write(part('device-back-text'), back === undefined ? t().back : fill(t().backTo, { name: back }));
    part('overview').hidden = this.#insee === null || this.#views.shown !== 'map';
    write(part('overview-text'), this.#department ? t().wholeDepartment : t().communes);
    write(part('territory'), commune?.name ?? this.#department?.name ?? '');
    write(part('devices-title'), commune ? fill(t().devicesOf, { name: commune.name }) : t().devicesInView);
    document.title = [commune?.name ?? this.#department?.name, t().title].filter(Boolean).join(' – ');
    this.#devices.show(this.#view, this.#device);
  }

  #showLive(state: LiveState): void {
    this.#state = state;
    part('live').dataset['state'] = state;
    write(part('live'), t().live[state]);
  }

  #translate(): void {
    translatePage();
    for (const button of document.querySelectorAll<HTMLButtonElement>('[data-language]')) {
      button.setAttribute('aria-pressed', String(button.dataset['language'] === language()));
    }

    this.#showLive(this.#state);
    this.#energy.translate();
    this.#zones.translate();
    this.#work.translate();
    this.#notices.translate();
    this.#group.translate();
    this.#alarms.translate();
    this.#views.translate();
    this.#figures.translate();
    this.#communes.render();
    this.#card.translate();
    this.#arrange();
  }
}

takeTokenFromAddress();
void new Page().load();
