// The pages as a dispatcher and a rep use them, in Chromium against a running server; see running.mjs.
//
//   HEXBEAT_SCREENSHOT  where to put a picture of the dispatcher's page
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { ask, launch, patience, reps as repsOfDemo, repToken, token, until, url } from './running.mjs'

let browser
before(async () => {
  browser = await launch()
})
after(() => browser?.close())

/** Opens a page which fails the test on a console error, an exception or a request elsewhere. */
async function open(t, path, { locale = 'en-GB', width = 1440, height = 900, quiet = true } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, locale })
  t.after(() => context.close())
  const page = await context.newPage()
  page.setDefaultTimeout(patience)
  page.troubles = []
  page.on('console', (message) => message.type() === 'error' && page.troubles.push(message.text()))
  page.on('pageerror', (error) => page.troubles.push(error.message))
  page.on('request', (request) => {
    const address = new URL(request.url())
    if (!['data:', 'blob:'].includes(address.protocol) && address.host !== new URL(url).host) {
      page.troubles.push(`asked elsewhere: ${address}`)
    }
  })
  if (quiet) t.after(() => assert.deepEqual(page.troubles, []))
  await page.goto(url + path)
  return page
}

const dispatcher = (t, options) => open(t, `/#token=${token('DISPATCHER')}`, options)

const standIn = token('MANAGER').startsWith('mock-') && 'the stand-in has no engine'

const ready = (page) => page.locator('[data-map][data-ready=yes]').waitFor()

const row = (page, rep) => page.locator(`li[data-rep="${rep}"]`)
const stops = (page, rep) => row(page, rep).locator('button.stop')

async function unfold(page, rep) {
  const head = row(page, rep).locator('button.head')
  if ((await head.getAttribute('aria-expanded')) !== 'true') await head.click()
  await page.waitForFunction((id) => document.querySelector(`li[data-rep="${id}"] button.head`)?.getAttribute('aria-expanded') === 'true', rep)
}

/** The first stop still to do of the first rep in the list who has some, and a rep of the same branch to take it. */
async function pick(page) {
  const reps = await page.locator('li[data-rep]').evaluateAll((rows) => rows.map((r) => r.dataset.rep))
  for (const from of reps) {
    await unfold(page, from)
    const free = stops(page, from).and(page.locator('.ASSIGNED'))
    if (!(await free.count())) continue
    const stop = free.last()
    const visit = await stop.getAttribute('data-visit')
    const site = await stop.locator('.site').innerText()
    return { from, visit, site, reps: reps.filter((rep) => rep !== from) }
  }
  assert.fail('no rep has a stop still to do')
}

/** Waits until the server has answered what the open dialog asked. */
const answered = (page) => page.locator('dialog[open] .answer[aria-busy=false]').waitFor()

/** Chooses in the open dialog the first rep whom the server's preview allows; answers the id. */
async function chooseAllowed(page, reps) {
  const confirm = page.locator('#reassign-confirm')
  for (const rep of reps) {
    await page.selectOption('#reassign-to', rep)
    await answered(page)
    if (await confirm.isEnabled()) return rep
  }
  assert.fail('the server allows no rep to take the visit')
}

test('a visit reassigned by keyboard shows on a second page', async (t) => {
  const [one, two] = await Promise.all([dispatcher(t), dispatcher(t)])
  await Promise.all([ready(one), ready(two)])
  const { from, visit, site, reps } = await pick(one)
  await unfold(two, from)
  await stops(two, from).and(two.locator(`[data-visit="${visit}"]`)).waitFor()

  await one.locator(`[data-visit="${visit}"]`).focus()
  await one.keyboard.press('Enter')
  await one.locator('dialog[open]').waitFor()
  assert.equal(await one.evaluate(() => document.activeElement?.id), 'reassign-to', 'the choice of rep has the focus')
  const to = await chooseAllowed(one, reps)

  assert.equal(await one.locator('dialog table').count(), 2, 'both days are shown before anything is done')
  assert.match(await one.locator('dialog').innerText(), /Will be alerted/)
  await one.selectOption('#reassign-reason', 'CUSTOMER')
  // A note stays only for seconds: both are awaited before the deed.
  const told = two.locator('.toast', { hasText: site }).first().waitFor()
  await one.locator('#reassign-confirm').focus()
  await one.keyboard.press('Enter')
  await one.locator('dialog').waitFor({ state: 'detached' })
  await told
  await one.locator('#done', { hasText: site }).waitFor()

  await unfold(two, to)
  await row(two, to).locator(`[data-visit="${visit}"]`).waitFor()
  await unfold(one, to)
  await row(one, to).locator(`[data-visit="${visit}"]`).waitFor()

  // The rep who got it hears of it, and says so.
  const name = await row(one, to).locator('.name').getAttribute('title')
  const phone = await open(t, `/m#token=${repToken(name)}`, { width: 390, height: 844 })
  const alert = phone.locator('[data-alert]', { hasText: site }).first()
  await alert.waitFor()
  const id = await alert.getAttribute('data-alert')
  await alert.getByRole('button', { name: 'Understood' }).click()
  await phone.locator(`[data-alert="${id}"]`).waitFor({ state: 'detached' })
  await phone.locator(`[data-visit="${visit}"]`).waitFor()
})

test('a rep is out for the day: shown first, done, taken back but for what went on', { skip: standIn }, async (t) => {
  const page = await dispatcher(t)
  await ready(page)
  const { from, visit, site, reps } = await pick(page)
  await page.locator(`button[data-out="${from}"]`).press('Enter')
  await page.locator('dialog[open]').waitFor()
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'out-kind', 'the kind has the focus')
  await page.selectOption('#out-kind', 'CAR')
  const sum = page.locator('#out-sum')
  for (const [policy, where] of [['DEFER', /put off/], ['QUEUE', /into the queue/]]) {
    await page.selectOption('#out-policy', policy)
    await answered(page)
    assert.match(await sum.innerText(), where, `the preview of ${policy}`)
  }
  assert.match(await page.locator('dialog .answer').innerText(), /[Pp]romise[^]*Will be alerted/)
  await page.locator(`dialog tr[data-day="${from}"]`).waitFor()
  await row(page, from).locator(`[data-visit="${visit}"]`).waitFor()
  await page.locator('#out-confirm').press('Enter')
  await page.locator('dialog').waitFor({ state: 'detached' })
  await page.locator('#done', { hasText: 'out for the day' }).waitFor()
  await row(page, from).locator(`[data-visit="${visit}"]`).waitFor({ state: 'detached' })

  const { version } = (await asked(`{ visit(id: "${visit}") { version } }`)).visit
  await asked('mutation ($input: VisitReassignInput!) { visitReassign(input: $input) { __typename } }', { visitId: visit, toRepId: reps[0], expectedVersion: version, reason: 'OTHER' })
  await page.keyboard.press('Control+KeyZ')
  await page.locator('#done', { hasText: 'Taken back' }).waitFor()
  await page.locator('#done li', { hasText: site }).waitFor()
  await unfold(page, from)
  await stops(page, from).first().waitFor()
})

/** What the dispatcher's own program would ask. */
const asked = (query, input) => ask(token('DISPATCHER'), query, { input })

/** Puts the visits of reps' days into the queue until the test is over. */
async function clear(t, ...reps) {
  for (const { id, shift } of reps) {
    const { repDayReassign: cleared } = await asked(
      'mutation ($input: RepDayReassignInput!) { repDayReassign(input: $input) { ... on RepDayReassigned { batchId } ... on Problem { message } } }',
      { repIds: [id], dates: [shift.date], policy: 'QUEUE' },
    )
    assert.ok(cleared.batchId, cleared.message)
    t.after(() => asked('mutation ($input: BatchUndoInput!) { batchUndo(input: $input) { __typename } }', { batchId: cleared.batchId }))
  }
}

/** The last rep of the list who has several visits to do. */
async function busyRep() {
  const { nodes } = (await asked('{ reps(first: 25) { nodes { id name shift { date } load { visits } } } }')).reps
  return nodes.findLast(({ shift, load }) => shift && load.visits > 1) ?? assert.fail('no rep has several visits to do')
}

test('a rep without work is watched, shown on the map and given a visit of the queue', { skip: standIn }, async (t) => {
  const page = await dispatcher(t)
  await ready(page)
  const { from } = await pick(page)
  await clear(t, (await asked(`{ node(id: "${from}") { ... on Rep { id shift { date } } } }`)).node)
  await page.locator('#tab-watch').press('Enter')
  const idle = page.locator(`[data-idle="${from}"]`)
  await idle.locator('.line').press('Enter')
  await page.locator('#tab-watch[aria-selected=true]').waitFor()
  await idle.locator('.deed').press('Enter')
  await page.locator('dialog[open]').waitFor()
  assert.equal(await page.locator('#reassign-to').inputValue(), from)
})

test('a rep takes a visit of the queue on the phone, and gives it back with a reason', { skip: standIn }, async (t) => {
  const rep = await busyRep()
  await clear(t, rep)
  const page = await open(t, `/m#token=${repToken(rep.name)}`, { width: 360, height: 740 })
  await page.locator('#offers summary').press('Enter')
  const offer = page.locator('[data-offer]').first()
  const visit = await offer.getAttribute('data-offer')
  await offer.getByRole('button', { name: /^Take/ }).press('Enter')
  const stop = page.locator(`li.stop[data-visit="${visit}"]`)
  await stop.locator('.decline summary').press('Enter')
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is too wide')
  await stop.getByLabel('Reason').selectOption('CUSTOMER')
  await stop.getByRole('button', { name: 'Give back to the queue' }).press('Enter')
  await stop.waitFor({ state: 'detached' })
  assert.equal(await page.locator(`[data-offer="${visit}"]`).count(), 0, 'the rep is not asked again')
})

test('the rest of the day is replanned, with the price of stability', { skip: standIn }, async (t) => {
  // A rep with nothing to do and a queue: that can be bettered.
  await clear(t, await busyRep())
  const page = await dispatcher(t)
  await ready(page)
  await page.locator('#tab-watch').press('Enter')
  await page.locator('#replan').press('Enter')
  await answered(page)
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'replan-budget', 'the budget has the focus')
  await page.selectOption('#replan-budget', '1000')
  await answered(page)
  await page.locator('#replan-price').waitFor()
  assert.match(await page.locator('dialog .answer').innerText(), /[Ss]tability/)
  await page.locator('#replan-confirm:enabled').press('Enter')
  await page.locator('#done', { hasText: 'replanned' }).waitFor()
  await page.locator('#undo').press('Enter')
  await page.locator('#done', { hasText: 'Taken back' }).waitFor()
})

test('what somebody else did is listed, shown undone first, and taken back', { skip: standIn }, async (t) => {
  const { id, shift } = await busyRep()
  const { repDayReassign: cleared } = await asked(
    'mutation ($input: RepDayReassignInput!) { repDayReassign(input: $input) { ... on RepDayReassigned { batchId moves { visit { id } } } ... on Problem { message } } }',
    { repIds: [id], dates: [shift.date], policy: 'QUEUE', note: 'a flat tyre' },
  )
  assert.ok(cleared.batchId, cleared.message)
  const page = await dispatcher(t, { width: 360, height: 740 })
  await ready(page)
  await page.locator('#tab-watch').press('Enter')
  await page.locator('#batches summary').press('Enter')
  const line = page.locator(`[data-batch="${cleared.batchId}"]`)
  await line.getByText('a flat tyre').waitFor()
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is too wide')
  await line.getByRole('button').press('Enter')
  await answered(page)
  assert.match(await page.locator('#undo-answer').innerText(), new RegExp(`^${cleared.moves.length} visit.* back[^]*Will be alerted`))
  await page.locator('#undo-confirm').press('Enter')
  await page.locator('#done', { hasText: 'Taken back' }).waitFor()
  await line.and(page.locator('.undone')).waitFor()
  const { visit } = await asked(`{ visit(id: "${cleared.moves[0].visit.id}") { rep { id } } }`)
  assert.equal(visit.rep?.id, id, 'the visit is where it was')
})

test('a page that lost its connection catches up', async (t) => {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' })
  t.after(() => context.close())
  const far = await context.newPage()
  far.setDefaultTimeout(patience)
  const sockets = []
  let cut = false
  await far.routeWebSocket('**/graphql', (socket) => {
    if (cut) return socket.close({ code: 1011, reason: 'cut' })
    socket.connectToServer()
    sockets.push(socket)
  })
  await far.goto(`${url}/#token=${token('DISPATCHER')}`)
  await ready(far)
  const near = await dispatcher(t)
  await ready(near)
  await until(() => sockets.length, Boolean, 'the page listens')

  cut = true
  await Promise.all(sockets.map((socket) => socket.close({ code: 1011, reason: 'cut' })))
  await far.locator('.offline').waitFor()
  const { visit, reps } = await pick(near)
  await near.locator(`[data-visit="${visit}"]`).click()
  const to = await chooseAllowed(near, reps)
  await near.locator('#reassign-confirm').click()
  await near.locator('dialog').waitFor({ state: 'detached' })

  cut = false
  await far.locator('.offline').waitFor({ state: 'detached' })
  await unfold(far, to)
  await row(far, to).locator(`[data-visit="${visit}"]`).waitFor()
})

test('a stop dragged onto a rep opens the preview; Escape leaves everything as it was', async (t) => {
  const page = await dispatcher(t)
  await ready(page)
  const { from, visit } = await pick(page)
  const stop = page.locator(`[data-visit="${visit}"]`)
  await stop.scrollIntoViewIfNeeded()
  const start = await stop.boundingBox()
  await page.mouse.move(start.x + 90, start.y + start.height / 2)
  await page.mouse.down()
  await page.mouse.move(start.x + 120, start.y + start.height / 2 + 12, { steps: 3 })
  // Any other rep whose row is in sight.
  const target = await page.evaluate((own) => {
    const list = document.querySelector('.list').getBoundingClientRect()
    for (const item of document.querySelectorAll('li[data-rep]')) {
      const box = item.querySelector('.head').getBoundingClientRect()
      if (item.dataset.rep !== own && box.top > list.top && box.bottom < list.bottom) {
        return { rep: item.dataset.rep, x: box.x + 80, y: box.y + box.height / 2 }
      }
    }
    return null
  }, from)
  assert.ok(target, 'another rep is in sight')
  await page.mouse.move(target.x, target.y, { steps: 6 })
  await row(page, target.rep).and(page.locator('.over')).waitFor()
  await page.mouse.up()
  await page.locator('dialog[open]').waitFor()
  assert.equal(await page.locator('#reassign-to').inputValue(), target.rep)
  await answered(page)
  await page.keyboard.press('Escape')
  await page.locator('dialog').waitFor({ state: 'detached' })
  await unfold(page, from)
  await row(page, from).locator(`[data-visit="${visit}"]`).waitFor()
})

test('a visit of the queue is dragged onto a rep', async (t) => {
  if (!standIn) await clear(t, await busyRep())
  const page = await dispatcher(t)
  await ready(page)
  await page.getByRole('tab', { name: /Queue/ }).click()
  const waiting = page.locator('#list-queue button[data-visit]')
  await waiting.first().waitFor()
  const start = await waiting.first().boundingBox()
  await page.mouse.move(start.x + 90, start.y + 20)
  await page.mouse.down()
  await page.mouse.move(start.x + 110, start.y + 30, { steps: 3 })
  const target = page.locator('li[data-rep] .head').nth(3)
  await target.waitFor()
  const rep = await page.locator('li[data-rep]').nth(3).getAttribute('data-rep')
  const end = await target.boundingBox()
  await page.mouse.move(end.x + 90, end.y + end.height / 2, { steps: 6 })
  await page.mouse.up()
  await page.locator('dialog[open]').waitFor()
  assert.equal(await page.locator('#reassign-to').inputValue(), rep)
})

test('who looked at an older visit is told what it is now', async (t) => {
  const [slow, quick] = await Promise.all([dispatcher(t), dispatcher(t)])
  await Promise.all([ready(slow), ready(quick)])
  const { from, visit, reps } = await pick(slow)
  await slow.locator(`[data-visit="${visit}"]`).click()
  const to = await chooseAllowed(slow, reps)

  await unfold(quick, from)
  await quick.locator(`[data-visit="${visit}"]`).click()
  await chooseAllowed(quick, reps.filter((rep) => rep !== to))
  await quick.locator('#reassign-confirm').click()
  await quick.locator('dialog').waitFor({ state: 'detached' })

  await slow.locator('#reassign-confirm').click()
  await slow.locator('dialog .problem').waitFor()
  assert.match(await slow.locator('dialog .problem').innerText(), /Meanwhile the visit changed/)
  await slow.getByRole('button', { name: 'Look at it as it is now' }).click()
  await slow.locator('dialog table').first().waitFor()
})

test('a rep starts, finishes and finds a shop closed', async (t) => {
  const office = await dispatcher(t)
  await ready(office)
  let rep
  let open_
  for (const user of repsOfDemo) {
    rep = await open(t, `/m#token=${user.token}`, { width: 390, height: 844 })
    await rep.locator('section.load').waitFor()
    open_ = await rep.locator('li[data-state=ASSIGNED]').evaluateAll((all) => all.map((item) => item.dataset.visit))
    if (open_.length >= 2) break
  }
  assert.ok(open_.length >= 2, 'a rep has two stops to do')
  const [first, second] = open_
  const stop = (visit) => rep.locator(`li[data-visit="${visit}"]`)

  await stop(first).getByRole('button', { name: /^Start/ }).click()
  await rep.locator(`li[data-visit="${first}"][data-state=UNDER_WAY]`).waitFor()
  await until(() => stop(first).getByRole('button', { name: /^Finish/ }).isEnabled(), Boolean, 'finish can be pressed')
  await stop(first).getByRole('button', { name: /^Finish/ }).click()
  await rep.locator(`li[data-visit="${first}"][data-state=DONE]`).waitFor()

  await stop(second).getByRole('button', { name: /^Closed/ }).click()
  // The attempt is kept; where the visit goes (queue, another day, later today) is the server's choice.
  await until(
    () => rep.locator('p[aria-live=polite]').first().innerText(),
    (said) => /still owed/.test(said),
    'the page says that the attempt is kept',
  )

  // A dispatcher who looks sees it without reloading.
  const name = await rep.locator('header h1').innerText()
  const id = await office.locator('li[data-rep]', { has: office.getByTitle(name, { exact: true }) }).getAttribute('data-rep')
  await unfold(office, id)
  await row(office, id).locator(`.DONE[data-visit="${first}"]`).waitFor()
  // Reloaded, it is still so: it was kept by the server.
  await rep.reload()
  await rep.locator(`li[data-visit="${first}"][data-state=DONE]`).waitFor()
})

test('without connection a deed waits and is sent once under the same id', async (t) => {
  const rep = await open(t, `/m#token=${repsOfDemo.at(-1).token}`, { width: 390, height: 844, quiet: false })
  const item = rep.locator('li[data-state=ASSIGNED]').first()
  await item.waitFor()
  const visit = await item.getAttribute('data-visit')
  const ids = []
  let down = true
  await rep.route('**/graphql', async (route) => {
    const text = route.request().postData() ?? ''
    if (!text.includes('mutation')) return down ? route.abort('internetdisconnected') : route.continue()
    ids.push(JSON.parse(text).variables.input.requestId)
    if (!down) return route.continue()
    // The second attempt arrives, but its answer is lost; the third meets a server that stops.
    if (ids.length === 2) await route.fetch()
    if (ids.length === 3) return route.fulfill({ json: { data: null, errors: [{ message: 'fault', extensions: { code: 'INTERNAL' } }] } })
    return route.abort('internetdisconnected')
  })
  await rep.locator(`li[data-visit="${visit}"]`).getByRole('button', { name: /^Start/ }).click()
  await rep.locator('.banner').first().waitFor()
  await until(() => ids.length, (sent) => sent >= 3, 'the page tries again')
  down = false
  await until(() => rep.locator(`li[data-visit="${visit}"]`).getByRole('button', { name: /^Finish/ }).isEnabled(), Boolean, 'the start arrived')
  assert.equal(new Set(ids).size, 1, 'every attempt carried the same request id')
})

test('a fault of the server leaves the day on the screen', async (t) => {
  const rep = await open(t, `/m#token=${token('REP')}`, { width: 390, height: 844 })
  await rep.locator('li[data-visit]').first().waitFor()
  await rep.route('**/graphql', (route) =>
    route.fulfill({ json: { data: null, errors: [{ message: 'It broke.', extensions: { code: 'INTERNAL' } }] } }),
  )
  await rep.getByRole('button', { name: 'Русский' }).click()
  await rep.getByRole('alert').filter({ hasText: 'It broke.' }).waitFor()
  assert.ok(await rep.locator('li[data-visit]').count(), 'the stops are still there')
})

test('a stop dragged to the map goes to the rep of the ground', async (t) => {
  const page = await dispatcher(t)
  await ready(page)
  const { from, visit } = await pick(page)
  await page.getByRole('button', { name: 'Show everything' }).click()
  const stop = page.locator(`[data-visit="${visit}"]`)
  await stop.scrollIntoViewIfNeeded()
  const start = await stop.boundingBox()
  await page.mouse.move(start.x + 90, start.y + start.height / 2)
  await page.mouse.down()
  await page.mouse.move(start.x + 120, start.y + start.height / 2 + 12, { steps: 3 })
  const map = await page.locator('[data-map]').boundingBox()
  const ghost = page.locator('.ghost')
  let taker = null
  // The map may still be on its way: go over it until some ground answers.
  for (let step = 0, end = Date.now() + patience; !taker && Date.now() < end; step++) {
    await page.mouse.move(map.x + map.width * (0.15 + 0.12 * (step % 6)), map.y + map.height * (0.2 + 0.12 * (Math.floor(step / 6) % 5)), { steps: 2 })
    taker = /→ (.+)/.exec(await ghost.innerText())?.[1] ?? null
  }
  assert.ok(taker, 'a rep of the map is named under the pointer')
  await page.mouse.up()
  await page.locator('dialog[open]').waitFor()
  const to = await page.locator('#reassign-to').inputValue()
  assert.notEqual(to, from)
  assert.equal(await row(page, to).locator('.name').getAttribute('title'), taker)
})

test('the server answers in the language of the page', async (t) => {
  const page = await dispatcher(t, { locale: 'en-GB' })
  await ready(page)
  const { visit, reps } = await pick(page)
  await page.locator(`[data-visit="${visit}"]`).click()
  await chooseAllowed(page, reps)
  const answer = () => page.locator('dialog .answer').innerText()
  assert.match(await answer(), /makes the visit/)
  assert.match(await page.locator('dialog .visit').innerText(), /visit/i)
  // The map is ours alone: nobody else's name belongs on it.
  assert.equal(await page.getByText('OpenStreetMap').count(), 0)
})

test('nothing is wider than a phone', async (t) => {
  for (const path of [`/#token=${token('DISPATCHER')}`, `/m#token=${token('REP')}`, '/']) {
    const page = await open(t, path, { width: 390, height: 844, locale: 'ru-RU' })
    await page.locator('[data-map][data-ready=yes], section.load, form').first().waitFor()
    const { wide, offenders } = await page.evaluate(() => ({
      wide: document.documentElement.scrollWidth,
      offenders: [...document.querySelectorAll('header *, .panel *, main > *')]
        .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !element.closest('.unseen, .maplibregl-map'))
        .map((element) => element.className || element.tagName)
        .slice(0, 5),
    }))
    assert.ok(wide <= 390, `${path.replace(/#.*/, '')} is ${wide} px wide`)
    assert.deepEqual(offenders, [], `${path.replace(/#.*/, '')}: beyond the edge`)
  }
})

test('the page speaks Russian and English and remembers the choice', async (t) => {
  const page = await dispatcher(t, { locale: 'ru-RU' })
  await page.getByRole('tab', { name: /Торговые/ }).waitFor()
  assert.equal(await page.getAttribute('html', 'lang'), 'ru')
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('tab', { name: /Reps/ }).waitFor()
  await page.reload()
  await page.getByRole('tab', { name: /Reps/ }).waitFor()
  assert.equal(new URL(page.url()).hash, '', 'the token is not left in the address')
})

test('a wrong token is refused in words', async (t) => {
  const page = await open(t, '/#token=no-such-token', { quiet: false })
  await page.getByRole('alert').waitFor()
  assert.match(await page.getByRole('alert').innerText(), /sign in again/i)
  await page.getByLabel('Access token').fill(token('DISPATCHER'))
  await page.getByRole('button', { name: 'Sign in' }).click()
  await ready(page)
})

test('GraphiQL answers from the same origin', async (t) => {
  const page = await open(t, `/explore#token=${token('DISPATCHER')}`)
  await page.locator('.graphiql-query-editor .CodeMirror-line').first().waitFor()
  await page.locator('.graphiql-execute-button').click()
  await page.locator('.result-window', { hasText: 'organization' }).waitFor()
})

/** The page of somebody who manages territories, with a draft to edit; small, since Chromium here draws without a graphics card. */
async function draftOf(t, options) {
  const page = await open(t, `/#token=${token('MANAGER')}`, { width: 1024, height: 700, ...options })
  await page.locator('#tab-territories').click()
  await ready(page)
  await page.locator('#draft-new').or(page.locator('#edit-apply')).waitFor()
  // What another test published and took back is kept and not edited.
  await page.selectOption('#draft', '')
  await page.locator('#what-if summary').click()
  await page.locator('#what-if input[name=budget]').nth(5).waitFor() // any share, then what five budgets would buy
  await page.locator('#draft-new').click()
  await page.locator('#edit-apply').waitFor()
  return page
}

const ground = (page) => page.locator('canvas.maplibregl-canvas')
const spoken = (page) => page.locator('[data-map] p[aria-live=polite]').innerText()
const sitesOf = (page) =>
  page.locator('button[data-territory]').evaluateAll((rows) => rows.map((row) => `${row.dataset.territory} ${row.querySelector('.sites').innerText}`).sort())

/** Gives what is picked to a territory that does not have it yet; answers the effect's text. */
async function giveAway(page, sites) {
  for (const row of await page.locator('button[data-territory]').evaluateAll((rows) => rows.map((row) => row.dataset.territory))) {
    await page.locator(`button[data-territory="${row}"]`).click()
    await page.locator('.panel .answer[aria-busy=false]').waitFor()
    await page.locator('[data-effect]').waitFor()
    const text = await page.locator('[data-effect]').innerText()
    if (sites.test(text)) return text
  }
  assert.fail('no territory would get it')
}


test('a manager paints by keyboard, sees what it does, applies, takes it back, publishes and goes back', { skip: standIn }, async (t) => {
  const page = await draftOf(t)
  const draft = await page.locator('#draft').inputValue()
  await page.selectOption('#draft', '')
  await page.locator('#draft-new').waitFor()
  const inForce = await sitesOf(page)
  await page.selectOption('#draft', draft)
  await page.locator('#edit-apply').waitFor()
  const before = await sitesOf(page)
  await page.locator('#tool-paint').click()
  await ground(page).focus()
  await page.keyboard.press('ArrowRight')
  const here = await until(() => spoken(page), (said) => /Hexagon, [1-9]\d* sites?, Territory/.test(said), 'the cursor stands on a hexagon with sites')
  const own = /Territory (\S+?)(,|$)/.exec(here)[1]
  const other = page.locator('button[data-territory]').filter({ hasNot: page.locator('b', { hasText: new RegExp(`^${own}$`) }) }).first()
  await other.click()
  await ground(page).focus()
  await page.keyboard.press('Space')
  await page.locator('[data-effect]').waitFor()
  assert.match(await spoken(page), /painted/)
  assert.match(await page.locator('[data-effect]').innerText(), /Heaviest territory[\s\S]*In several pieces[\s\S]*Driving in a week[\s\S]*Change hands\s+[1-9]\d* sites?/)

  // Painting on moves on; Escape forgets it all.
  await page.keyboard.press('Shift+ArrowRight')
  await page.keyboard.press('Escape')
  await page.locator('[data-effect]').waitFor({ state: 'detached' })
  assert.ok(await page.locator('#edit-apply').isDisabled())
  assert.deepEqual(await sitesOf(page), before)

  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Space')
  await giveAway(page, /Change hands\s+[1-9]/)
  await page.locator('#edit-apply').click()
  await page.locator('#edit-undo:enabled').waitFor()
  await until(() => sitesOf(page), (now) => now.join() !== before.join(), 'the list shows the edit')
  await page.locator('#edit-undo').click()
  await until(() => sitesOf(page), (now) => now.join() === before.join(), 'the edit is taken back')

  // The same again, mended, to be published.
  await ground(page).focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Space')
  await giveAway(page, /Change hands\s+[1-9]/)
  await page.locator('#edit-repair').click()
  await page.locator('#edit-repair[aria-pressed=true]').waitFor()
  await page.locator('#edit-apply:enabled').click()
  await page.locator('#edit-undo:enabled').waitFor()

  await page.locator('#draft-publish').click()
  await page.locator('dialog tbody tr').first().waitFor()
  const published = page.locator('.toast', { hasText: 'published' }).waitFor()
  await page.locator('#handover-confirm').click()
  await published
  await page.locator('dialog').waitFor({ state: 'detached' })
  await page.locator('#draft-new').waitFor()
  await until(() => sitesOf(page), (now) => now.join() !== inForce.join(), 'the published territories are in force')

  await page.locator('#draft-revert').click()
  await page.locator('dialog tbody tr').first().waitFor()
  const reverted = page.locator('.toast', { hasText: 'in force again' }).waitFor()
  await page.locator('#handover-confirm').click()
  await reverted
  await page.locator('dialog').waitFor({ state: 'detached' })
  await until(() => sitesOf(page), (now) => now.join() === inForce.join(), 'the territories before are in force again')
})

test('a manager drags over hexagons, draws a shape and moves one customer', { skip: standIn }, async (t) => {
  const page = await draftOf(t)
  const map = await page.locator('[data-map]').boundingBox()
  const at = (x, y) => [map.x + map.width * x, map.y + map.height * y]
  await page.locator('#tool-paint').click()
  await page.locator('button[data-territory]').last().click()
  await page.mouse.move(...at(0.4, 0.4))
  await page.mouse.down()
  await page.mouse.move(...at(0.6, 0.6), { steps: 4 })
  await page.mouse.up()
  await page.locator('[data-effect]').waitFor()
  await page.locator('#edit-clear').click()
  await page.locator('[data-effect]').waitFor({ state: 'detached' })

  await page.locator('#tool-polygon').click()
  for (const corner of [[0.35, 0.35], [0.65, 0.35], [0.65, 0.65], [0.35, 0.65]]) await page.mouse.click(...at(...corner), { delay: 30 })
  await ground(page).focus()
  await page.keyboard.press('Enter')
  await giveAway(page, /Change hands\s+[1-9]/)
  // A shape that crosses itself is refused in words.
  await page.keyboard.press('Escape')
  await page.locator('#edit-clear').click()
  for (const corner of [[0.35, 0.35], [0.65, 0.65], [0.65, 0.35], [0.35, 0.65]]) await page.mouse.click(...at(...corner), { delay: 30 })
  await ground(page).focus()
  await page.keyboard.press('Enter')
  await page.locator('.problem', { hasText: 'no area' }).waitFor()

  await page.locator('#tool-customer').click()
  await ground(page).focus()
  await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Space')
  await until(() => spoken(page), (said) => /picked/.test(said), 'a customer is picked')
  await giveAway(page, /Change hands\s+1 site/)
})

test('the territories fit on a phone', { skip: standIn }, async (t) => {
  const page = await draftOf(t, { width: 390, height: 844, locale: 'ru-RU' })
  await page.locator('#tool-paint').click()
  await page.locator('button[data-territory]').first().click()
  await page.locator('#edit-repair').click()
  await page.locator('[data-effect]').waitFor()
  const { wide, offenders } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    offenders: [...document.querySelectorAll('header *, .panel *, .bar *, main > *')]
      .filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !element.closest('.unseen, .maplibregl-map'))
      .map((element) => element.className || element.tagName),
  }))
  assert.ok(wide <= 390, `${wide} px wide`)
  assert.deepEqual(offenders, [])
})

/** Opens the rules of alerts by keyboard alone. */
async function openRules(page) {
  await page.locator('button.bell').focus()
  await page.keyboard.press('Enter')
  await page.locator('#alert-rules').focus()
  await page.keyboard.press('Enter')
  await page.locator('dialog[data-rules]').waitFor()
}

const inDialog = (page) => page.locator('dialog[data-rules]')

test('a manager says by keyboard how reps are told, and finds it again', { skip: standIn }, async (t) => {
  const page = await open(t, `/#token=${token('MANAGER')}`)
  await ready(page)
  await openRules(page)
  const dialog = inDialog(page)
  await dialog.getByLabel('Wait, minutes', { exact: true }).fill('7.5')
  const quiet = dialog.getByRole('checkbox', { name: 'Quiet hours' })
  if (!(await quiet.isChecked())) await quiet.press('Space')
  await dialog.getByLabel('from', { exact: true }).fill('21:30')
  await dialog.getByLabel('to', { exact: true }).fill('07:15')
  await dialog.getByLabel('Unimportant alerts together at').fill('17:00 8:30')
  const later = dialog.getByRole('button', { name: 'Later: Mail' })
  while (await later.isEnabled()) await later.press('Enter')
  const first = () => dialog.locator('[data-channel]').first().getAttribute('data-channel')
  await until(
    async () => {
      const mail = dialog.getByRole('button', { name: 'Earlier: Mail' })
      if (await mail.isEnabled()) await mail.press('Enter')
      return first()
    },
    (channel) => channel === 'EMAIL',
    'mail comes first',
  )
  assert.equal(await page.evaluate(() => document.activeElement?.closest('[data-channel]')?.getAttribute('data-channel')), 'EMAIL', 'the focus goes with it')
  await dialog.getByLabel('Unimportant alerts together at').press('Enter')
  await dialog.getByText('Saved.').waitFor()
  if (process.env.HEXBEAT_SCREENSHOT) await page.screenshot({ path: process.env.HEXBEAT_SCREENSHOT.replace('.png', '-rules.png') })
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })

  await page.reload()
  await ready(page)
  await openRules(page)
  assert.equal(await dialog.getByLabel('Wait, minutes', { exact: true }).inputValue(), '7.5')
  assert.equal(await dialog.getByLabel('from', { exact: true }).inputValue(), '21:30')
  assert.equal(await dialog.getByLabel('Unimportant alerts together at').inputValue(), '08:30, 17:00')
  assert.equal(await first(), 'EMAIL')

  await dialog.getByLabel('Unimportant alerts together at').fill('25:00')
  await dialog.locator('#rules-save').click()
  await dialog.getByRole('alert').waitFor()
  assert.match(await dialog.getByRole('alert').innerText(), /time of day/)
  await dialog.getByLabel('Unimportant alerts together at').fill('')
  await dialog.getByLabel('Wait, minutes', { exact: true }).fill('9999')
  await dialog.locator('#rules-save').click()
  await until(() => dialog.getByRole('alert').innerText(), (text) => /out of range/.test(text), 'a wait of a week is refused')
  await dialog.getByLabel('Wait, minutes', { exact: true }).fill('')
  await dialog.getByRole('checkbox', { name: 'Quiet hours' }).uncheck()
  while (await later.isEnabled()) await later.press('Enter')
  await dialog.locator('#rules-save').click()
  await dialog.getByText('Saved.').waitFor()
})

test('the rules of alerts fit on a phone, in Russian', { skip: standIn }, async (t) => {
  const page = await open(t, `/#token=${token('ADMIN')}`, { width: 360, height: 740, locale: 'ru-RU' })
  await page.locator('button.bell').waitFor()
  await openRules(page)
  const wide = await page.evaluate(() => {
    const dialog = document.querySelector('dialog')
    return dialog.scrollWidth - dialog.clientWidth
  })
  assert.ok(wide <= 0, `the dialog is ${wide} px too wide`)
  assert.match(await inDialog(page).innerText(), /Как оповещать торговых/)
  await page.locator('#rules-save').scrollIntoViewIfNeeded()
  if (process.env.HEXBEAT_SCREENSHOT) await page.screenshot({ path: process.env.HEXBEAT_SCREENSHOT.replace('.png', '-rules-phone.png') })
})

test('a dispatcher does not set how reps are told', async (t) => {
  const page = await dispatcher(t)
  await ready(page)
  await page.locator('button.bell').click()
  await page.locator('#alerts').waitFor()
  assert.equal(await page.locator('#alert-rules').count(), 0)
})

test('a rep chooses the order of channels on the phone', { skip: standIn }, async (t) => {
  const [rep] = repsOfDemo
  const asked = (query, input) => ask(rep.token, query, { input })
  await asked('mutation ($input: DeviceRegisterInput!) { deviceRegister(input: $input) { __typename } }', {
    token: 'rep@example.org', transport: 'EMAIL', platform: 'mail', locale: 'en',
  })
  const page = await open(t, `/m#token=${rep.token}`, { width: 360, height: 740 })
  const told = page.locator('details.told')
  await told.locator('summary').focus()
  await page.keyboard.press('Enter')
  const order = () => told.locator('[data-channel]').evaluateAll((rows) => rows.map((row) => row.dataset.channel))
  await until(order, (list) => list.includes('SOCKET') && list.includes('EMAIL'), 'the page and the mail are there')
  const before = await order()
  await told.locator('[data-channel]').first().getByRole('button', { name: /^Later/ }).press('Enter')
  await until(async () => (await asked('{ alertChannels { chosen } }')).alertChannels.chosen[0], (first) => first === before[1], 'the server knows')
  assert.deepEqual((await order()).slice(0, 2), [before[1], before[0]])
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'nothing is too wide')
  if (process.env.HEXBEAT_SCREENSHOT) {
    await told.scrollIntoViewIfNeeded()
    await page.screenshot({ path: process.env.HEXBEAT_SCREENSHOT.replace('.png', '-told.png') })
  }
  await told.locator('[data-as-branch]').press('Enter')
  await until(order, (list) => list.join() === before.join(), 'the order is the branch’s again')
})

test('a dispatcher does not manage territories', async (t) => {
  const page = await dispatcher(t)
  await ready(page)
  assert.equal(await page.locator('#tab-territories').count(), 0)
})

test('a picture for the README', { skip: !process.env.HEXBEAT_SCREENSHOT }, async (t) => {
  const page = await dispatcher(t, { locale: 'ru-RU' })
  await ready(page)
  // A visit on its way to the rep whom the engine itself would choose.
  const { visit, reps } = await pick(page)
  await page.locator(`[data-visit="${visit}"]`).click()
  await chooseAllowed(page, reps)
  const compare = page.getByRole('button', { name: /Сравнить/ })
  if (await compare.count()) await compare.click()
  await page.locator('dialog table').first().waitFor()
  await page.waitForLoadState('networkidle').catch(() => {})
  // Tiles and hexagons are drawn a moment after they came.
  await page.waitForTimeout(3_000)
  await page.screenshot({ path: process.env.HEXBEAT_SCREENSHOT })
})
