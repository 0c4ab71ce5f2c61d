import { AttributionControl, type GeoJSONSource, Map as Chart, NavigationControl, ScaleControl, setWorkerUrl, type StyleSpecification } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url'
import type { Words } from '../words/words.svelte'

setWorkerUrl(new URL(workerUrl, document.baseURI).href)

/** chart makes a flat map that looks north. It throws where the browser has no WebGL. */
export function chart(container: HTMLElement, style: StyleSpecification, w: Words): Chart {
  const map = new Chart({
    container,
    style,
    center: [37.62, 55.75],
    zoom: 9,
    minZoom: 3,
    maxZoom: 18,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    touchPitch: false,
    locale: { 'Map.Title': w.map, 'NavigationControl.ZoomIn': w.zoomIn, 'NavigationControl.ZoomOut': w.zoomOut, 'ScaleControl.Meters': w.metres, 'ScaleControl.Kilometers': w.kilometres },
  })
  map.touchZoomRotate.disableRotation()
  map.addControl(new NavigationControl({ showCompass: false }), 'top-right')
  map.addControl(new ScaleControl({ maxWidth: 110 }), 'bottom-right')
  map.addControl(new AttributionControl({ compact: false }), 'bottom-right')
  // A tile that does not come leaves its ground pale; the page goes on.
  map.on('error', () => {})
  return map
}

/** put shows data in one of the map's sources, once the map is there. */
export function put(map: Chart | undefined, source: string, data: GeoJSON.FeatureCollection) {
  map?.getSource<GeoJSONSource>(source)?.setData(data)
}

/** Whether the map may glide to where it goes. */
export const gliding = () => !matchMedia('(prefers-reduced-motion: reduce)').matches
