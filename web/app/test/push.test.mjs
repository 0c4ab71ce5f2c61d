// A push as it reaches the service worker, in Chromium against a running server; see running.mjs.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask, launch, patience, reps, until, url } from './running.mjs'

/** A rep with an alert that is not acknowledged, about a visit of today. */
async function alerted() {
  for (const user of reps.toReversed()) {
    const { alerts } = await ask(user.token, '{ alerts(first: 20) { nodes { id kind version state title text visits { id rep { name } } } } }')
    const alert = alerts.nodes.find(
      ({ state, visits }) => ['QUEUED', 'SENT', 'DELIVERED', 'SEEN', 'ESCALATED'].includes(state) && visits[0]?.rep?.name === user.name,
    )
    if (alert) return { token: user.token, alert }
  }
  assert.fail('no rep has an alert')
}

/** A rep's page whose service worker can be sent pushes. */
async function phone(t, token) {
  const browser = await launch()
  t.after(() => browser.close())
  const context = await browser.newContext({ viewport: { width: 390, height: 800 }, locale: 'en-GB' })
  await context.grantPermissions(['notifications'], { origin: url })
  const page = await context.newPage()
  page.setDefaultTimeout(patience)
  const tools = await context.newCDPSession(page)
  const registered = new Promise((resolve) =>
    tools.on('ServiceWorker.workerVersionUpdated', ({ versions }) => {
      const running = versions.find(({ status, scriptURL }) => status === 'activated' && scriptURL === `${url}/push.js`)
      if (running) resolve(running.registrationId)
    }),
  )
  await tools.send('ServiceWorker.enable')
  await page.goto(`${url}/m#token=${token}`)
  const registrationId = await registered
  // The words are asked for in the rep's name, which the page leaves for the worker.
  await page.waitForFunction(async () => Boolean(await (await caches.open('hexbeat')).match('/session')))
  return {
    page,
    worker: context.serviceWorkers()[0] ?? (await context.waitForEvent('serviceworker')),
    push: (data) =>
      tools.send('ServiceWorker.deliverPushMessage', { origin: url, registrationId, data: typeof data === 'string' ? data : JSON.stringify(data) }),
    notifications: () =>
      page.evaluate(async () =>
        (await (await navigator.serviceWorker.ready).getNotifications()).map(({ title, body, tag, data }) => ({ title, body, tag, data })),
      ),
  }
}

const pushOf = ({ id, kind, version }) => ({ alertId: id, kind, version: String(version) })

test('a push is shown once, in words that were asked for, and a tap opens its visit', async (t) => {
  const { token, alert } = await alerted()
  const { page, worker, push, notifications } = await phone(t, token)
  await push('not even JSON')
  for (let times = 0; times < 3; times++) await push(pushOf(alert))
  const [shown] = await until(notifications, (list) => list.length > 0, 'no notification')
  assert.equal(shown.title, alert.title)
  assert.equal(shown.body, alert.text)
  assert.equal(shown.data.visit, alert.visits[0].id)
  assert.equal((await notifications()).length, 1)

  // The phone says by itself that it has shown it.
  await until(
    async () => (await ask(token, 'query ($id: ID!) { node(id: $id) { ... on Alert { state seenAt } } }', { id: alert.id })).node,
    ({ seenAt }) => Boolean(seenAt),
    'the server does not know that it was shown',
  )

  await worker.evaluate(async () => {
    const [notification] = await self.registration.getNotifications()
    const tap = new NotificationEvent('notificationclick', { notification })
    let done
    tap.waitUntil = (promise) => (done = promise)
    self.dispatchEvent(tap)
    await done
  })
  await page.locator(`li[data-visit="${alert.visits[0].id}"].wanted`).waitFor()
  assert.deepEqual(await notifications(), [])
})

test('an alert that has ended is not shown any more, and one shown is taken away', async (t) => {
  const { token, alert } = await alerted()
  const { push, notifications } = await phone(t, token)
  await push(pushOf(alert))
  await until(notifications, (list) => list.length === 1, 'no notification')
  const acknowledge = `mutation ($input: AlertAcknowledgeInput!) { alertAcknowledge(input: $input) { __typename } }`
  await ask(token, acknowledge, { input: { alertId: alert.id } })
  await push({ ...pushOf(alert), version: String(alert.version + 9) })
  await until(notifications, (list) => list.length === 0, 'it is still shown')
})

test('a page opened by a notification shows the visit', async (t) => {
  const { token, alert } = await alerted()
  const { page } = await phone(t, token)
  await page.goto(`${url}/m?visit=${alert.visits[0].id}`)
  await page.locator(`li[data-visit="${alert.visits[0].id}"].wanted`).waitFor()
})
