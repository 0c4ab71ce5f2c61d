const kept = 'hexbeat.token'

/** Who uses the page: the bearer token, kept for this tab only. */
class Session {
  token = $state('')
  /** Why the last one ended, in words. */
  notice = $state('')

  constructor() {
    const given = new URLSearchParams(location.hash.slice(1)).get('token')
    if (given) {
      sessionStorage.setItem(kept, given)
      // A link with a token must not stay in the address bar or the history.
      history.replaceState(null, '', location.pathname + location.search)
    }
    this.token = given ?? sessionStorage.getItem(kept) ?? ''
  }

  signIn(token: string) {
    this.notice = ''
    this.token = token.trim().replace(/^Bearer\s+/i, '')
    sessionStorage.setItem(kept, this.token)
  }

  signOut(notice = '') {
    this.notice = notice
    this.token = ''
    sessionStorage.removeItem(kept)
  }
}

export const session = new Session()

// Opening a link with another token in a tab that is already here changes only the fragment.
addEventListener('hashchange', () => {
  if (new URLSearchParams(location.hash.slice(1)).has('token')) location.reload()
})
