import { ask } from '../graph/client'
import * as operation from '../graph/operations'
import { language } from '../words/words.svelte'

/** A name of this browser, by which the server knows its open socket. */
const nameKey = 'hexbeat.browser'
/** How long a browser may take to subscribe: without the Internet it never answers. */
const patience = 15_000

const browserName = () => {
  const kept = localStorage.getItem(nameKey) ?? crypto.randomUUID()
  localStorage.setItem(nameKey, kept)
  return kept
}

/** Whether this browser can show notifications while the page is closed. */
export const canPush = () => 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window

/**
 * Reach is how the server reaches this browser: by the open socket always, by Web Push once the rep has allowed it. It also
 * tells the server what has been received.
 */
export class Reach {
  #token: string
  #devices = new Map<string, string>()
  #confirmed = new Set<string>()

  constructor(token: string) {
    this.#token = token
  }

  /** begin registers the socket, and renews Web Push where the rep has allowed it before. */
  async begin() {
    await this.#register('SOCKET', browserName())
    if (!('serviceWorker' in navigator)) return
    await navigator.serviceWorker.register('/push.js')
    await this.#leaveSession()
    if (canPush() && Notification.permission === 'granted') await this.#subscribe()
  }

  /** allow asks the rep, and subscribes; true when pushes will come. */
  async allow(): Promise<boolean> {
    if ((await Notification.requestPermission()) !== 'granted') return false
    return this.#subscribe()
  }

  /** received confirms alerts that are on the screen, or at least here. */
  async received(alertIds: string[]) {
    const seen = document.visibilityState === 'visible'
    const fresh = alertIds.filter((id) => !this.#confirmed.has(`${id} ${seen}`))
    if (!fresh.length) return
    for (const id of fresh) this.#confirmed.add(`${id} ${seen}`)
    const input = { requestId: crypto.randomUUID(), alertIds: fresh, seen, deviceId: this.#devices.get('SOCKET') ?? null }
    try {
      await ask(this.#token, operation.alertsReceive, { input })
    } catch {
      for (const id of fresh) this.#confirmed.delete(`${id} ${seen}`)
    }
  }

  /** end makes the server forget this browser, before the rep signs out. */
  async end() {
    const forget = [...this.#devices.values()].map((deviceId) =>
      ask(this.#token, operation.deviceForget, { input: { requestId: crypto.randomUUID(), deviceId } }).catch(() => {}),
    )
    await Promise.all([...forget, (await caches.open('hexbeat')).delete('/session')])
  }

  async #register(transport: string, token: string) {
    const { deviceRegister } = await ask(this.#token, operation.deviceRegister, {
      input: { requestId: crypto.randomUUID(), token, transport, platform: 'web', locale: language.tag },
    })
    if ('device' in deviceRegister) this.#devices.set(transport, deviceRegister.device.id)
  }

  /** The service worker asks for an alert's words in the rep's name, also when no page is open. */
  async #leaveSession() {
    const who = { token: this.#token, locale: language.tag, device: this.#devices.get('WEBPUSH') ?? this.#devices.get('SOCKET') }
    await (await caches.open('hexbeat')).put('/session', new Response(JSON.stringify(who)))
  }

  async #subscribe(): Promise<boolean> {
    const { webPushKey } = await ask(this.#token, operation.webPushKey, {})
    if (!webPushKey) return false
    const { pushManager } = await navigator.serviceWorker.ready
    const late = new Promise<null>((resolve) => setTimeout(resolve, patience, null))
    const subscribe = async () => {
      const old = await pushManager.getSubscription()
      // The server's keys were lost and made anew: the old subscription reaches nobody.
      if (old && base64url(old.options.applicationServerKey) !== webPushKey) await old.unsubscribe()
      return pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: webPushKey })
    }
    const subscription = await Promise.race([subscribe().catch(() => null), late])
    if (!subscription) return false
    await this.#register('WEBPUSH', JSON.stringify({ ...subscription.toJSON(), key: webPushKey }))
    await this.#leaveSession()
    return true
  }
}

const base64url = (bytes: ArrayBuffer | null) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes ?? new ArrayBuffer(0))))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')
