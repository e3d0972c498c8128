import type { Browser, Page } from 'playwright-core';

/** The screen of a usual notebook. */
export const SCREEN = { width: 1440, height: 900 } as const;

/** Where a text stands on a page that nobody has scrolled. */
export type Place = 'first screen' | 'further down' | 'not shown';

/** A browser in which a person is signed in. */
export class Screen {
  readonly #page: Page;

  private constructor(page: Page) {
    this.#page = page;
  }

  static async open(browser: Browser, origin: string, person: string): Promise<Screen> {
    const page = await browser.newPage({ viewport: SCREEN });
    await page.goto(`${origin}/pending`);
    await page.selectOption('#person', person);
    await page.click('form:has(#person) button');
    await page.waitForURL(`${origin}/pending`);
    return new Screen(page);
  }

  /** Opens a page, and returns where each of the texts stands on it. */
  async placesOf(url: string, texts: readonly string[]): Promise<Place[]> {
    const response = await this.#page.goto(url);
    if (response?.status() !== 200) throw new Error(`${url} answered ${response?.status()}`);
    // As a text for the browser: what it does there has types that this project does not know.
    return this.#page.evaluate(`(${FIND})(${JSON.stringify(texts)}, ${SCREEN.height})`);
  }

  /** The open page as one file that needs no server: its styles inside, without scripts. */
  async file(): Promise<string> {
    const styles = await this.#page.evaluate<string>(
      `[...document.styleSheets].flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText)).join('\\n')`,
    );
    return (await this.#page.content())
      .replace(/<script\b.*?<\/script>/gs, '')
      .replace(/<link\b[^>]*>/g, '')
      .replace('</head>', () => `<style>\n${styles}\n</style></head>`);
  }
}

/**
 * Looks for each text in the innermost element that holds it, whatever its class and its tag. It must be drawn: in a closed section, a text
 * is not shown. The last line of it must be on the screen.
 */
const FIND = `(texts, height) => {
  const plain = (text) => text.replace(/\\s+/g, ' ').trim();
  const innermost = (text) => {
    const holds = (element) => plain(element.textContent).includes(text);
    const all = [...document.body.querySelectorAll('*')].filter(holds);
    return all.filter((element) => ![...element.children].some(holds));
  };
  return texts.map(plain).map((text) => {
    const drawn = innermost(text)
      .filter((element) => element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }))
      .map((element) => element.getBoundingClientRect())
      .filter(({ width, height }) => width > 0 && height > 0);
    if (drawn.length === 0) return 'not shown';
    return drawn.some(({ bottom }) => bottom + window.scrollY <= height) ? 'first screen' : 'further down';
  });
}`;
