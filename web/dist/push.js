// The service worker: shows a push as a notification, once for each alert, and opens its visit on the rep's page when it is tapped.
// A push carries alertId, kind and version; the words are asked for here.

/** Where the page leaves who is signed in on this device; see src/phone/push.ts. */
const session = async () => {
  const kept = await (await caches.open('hexbeat')).match('/session')
  return kept ? kept.json() : null
}

const plain = {
  ru: {
    VISITS_GAINED: 'Новые визиты',
    VISITS_LOST: 'Визиты переданы',
    VISITS_CHANGED: 'Визиты изменены',
    DAY_PLANNED: 'План дня готов',
    OFFER: 'Свободные визиты',
    other: 'Изменения в вашем дне',
  },
  en: {
    VISITS_GAINED: 'New visits',
    VISITS_LOST: 'Visits handed over',
    VISITS_CHANGED: 'Visits changed',
    DAY_PLANNED: 'Your day is planned',
    OFFER: 'Open visits',
    other: 'Your day has changed',
  },
}

const asked = `query ($id: ID!) { node(id: $id) { ... on Alert { id state version title text visits { id } } } }`
const confirmed = `mutation ($input: AlertsReceiveInput!) { alertsReceive(input: $input) { __typename } }`

async function ask(who, query, variables) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'accept-language': who.locale, authorization: `Bearer ${who.token}` },
    body: JSON.stringify({ query, variables }),
  })
  return (await response.json()).data
}

/** The alert as it is now; null where it can't be asked for. */
async function alertOf(who, id) {
  try {
    return who && (await ask(who, asked, { id })).node
  } catch {
    return null
  }
}

/** So many alerts are remembered as shown: what was swept away must not come back with the same push. */
const remembered = 200

/** Whether the alert was shown before; from now on it was. */
async function shownBefore(id) {
  const cache = await caches.open('hexbeat')
  const kept = await cache.match('/shown')
  const shown = kept ? await kept.json() : []
  if (shown.includes(id)) return true
  await cache.put('/shown', new Response(JSON.stringify([...shown, id].slice(-remembered))))
  return false
}

/** One push after the other: two of one alert that come together must not both be the first. */
let turn = Promise.resolve()

async function show(push) {
  const who = await session()
  const alert = await alertOf(who, push.alertId)
  const here = await self.registration.getNotifications({ tag: push.alertId })
  if (alert && ['ACKNOWLEDGED', 'SUPERSEDED', 'ANNULLED', 'EXPIRED'].includes(alert.state)) {
    for (const old of here) old.close()
    return
  }
  const version = Math.max(Number(push.version) || 0, alert?.version ?? 0)
  if (here.some((old) => old.data.version >= version) || ((await shownBefore(push.alertId)) && !here.length)) return
  const words = plain[who?.locale === 'en' ? 'en' : 'ru']
  await self.registration.showNotification(alert?.title ?? words[push.kind] ?? words.other, {
    body: alert?.text ?? '',
    tag: push.alertId,
    data: { alertId: push.alertId, version, visit: alert?.visits[0]?.id ?? '' },
  })
  if (!alert) return
  const input = { requestId: crypto.randomUUID(), alertIds: [alert.id], seen: true, deviceId: who.device || null }
  await ask(who, confirmed, { input }).catch(() => {}) // the next word of the phone says it too
}

self.addEventListener('push', (event) => {
  let push
  try {
    push = event.data.json()
  } catch {
    return
  }
  turn = turn.then(() => show(push)).catch(() => {})
  event.waitUntil(turn)
})

/** Shows the visit on the rep's page: one that is open already, or a new one. */
async function open(visit) {
  const pages = await self.clients.matchAll({ type: 'window', includeUncontrolled: true })
  const page = pages.find((one) => new URL(one.url).pathname === '/m')
  if (page) {
    page.postMessage({ visit })
    await page.focus().catch(() => {}) // it shows the visit, in front or not
    return
  }
  const who = await session()
  await self.clients.openWindow(`/m?visit=${encodeURIComponent(visit)}${who ? `#token=${encodeURIComponent(who.token)}` : ''}`)
}

self.addEventListener('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(open(event.notification.data.visit))
})

self.addEventListener('install', () => self.skipWaiting())
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))
