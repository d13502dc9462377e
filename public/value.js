import { element } from './elements.js'

/**
 * Renders any JSON value: objects as definition lists, arrays as numbered lists, URLs as links.
 * @param {unknown} value
 * @returns {HTMLElement}
 */
export function valueElement(value) {
  if (Array.isArray(value)) {
    if (value.length === 0) return element('p', { class: 'value empty' }, 'none')
    return element('ol', { class: 'value' }, ...value.map((item) => element('li', {}, valueElement(item))))
  }
  if (typeof value === 'object' && value !== null) {
    const rows = Object.entries(value).flatMap(([name, item]) => {
      const style = typeof item === 'object' && item !== null ? { class: 'nested' } : {}
      return [element('dt', style, name), element('dd', style, valueElement(item))]
    })
    return element('dl', { class: 'value' }, ...rows)
  }
  if (value === '') return element('p', { class: 'value empty' }, 'empty')
  const text = String(value)
  return element('p', { class: 'value' }, isWebAddress(text) ? linkTo(text) : text)
}

/** @param {string} text */
const isWebAddress = (text) => /^https?:\/\/\S+$/.test(text) && URL.canParse(text)

/** @param {string} href */
const linkTo = (href) => element('a', { href, target: '_blank', rel: 'noopener noreferrer' }, href)
