/** Links of pages, for the tests that follow them. */

export function isPage(path: string): boolean {
  return path.endsWith('.md');
}

/** Relative ones; what stands in code is none. */
export function linksOf(markdown: string): string[] {
  const links = withoutCode(markdown).matchAll(/\]\(<?([^)>\s]+)>?(?:\s+"[^"]*")?\)/g);
  return [...links].map(([, link]) => link as string).filter((link) => !/^[a-z]+:/.test(link));
}

/** As GitHub makes them of headings. */
export function anchorsOf(markdown: string): Set<string> {
  const headings = markdown.replace(/^```[\s\S]*?^```/gm, '').matchAll(/^#{1,6} (.+)$/gm);
  const anchors = new Set<string>();
  for (const [, heading] of headings) {
    const slug = (heading as string)
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-');
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

function withoutCode(markdown: string): string {
  return markdown.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
}
