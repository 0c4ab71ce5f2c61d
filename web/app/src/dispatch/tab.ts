/** What the panel shows; the map follows it. */
export type Tab = 'reps' | 'queue' | 'watch' | 'territories'
