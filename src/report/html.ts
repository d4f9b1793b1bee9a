import { createHash } from 'node:crypto';
import { svgStyle } from '../graph/svg-style.ts';
import type { Language } from '../model/text.ts';
import type { PageData } from './data.ts';

/** What the page needs besides its data: made from src/report/page when ctr is built. */
export interface PageParts {
  readonly script: string;
  readonly style: string;
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** JSON that neither ends its element nor opens a comment in it (HTML, 4.12.1.3). */
function dataText(data: PageData): string {
  return JSON.stringify(data)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/**
 * The page as one file. Its policy lets it load nothing and run only its own script (CSP3); what a recording contains is
 * text to it.
 */
export function htmlPage(data: PageData, parts: PageParts, language: Language): string {
  const { script } = parts;
  const style = `${parts.style}${svgStyle}`;
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const needsScript = {
    en: 'This page needs JavaScript. It is all in this file and loads nothing; <code>ctr report --md</code> makes a handout without it.',
    zh: '这个网页需要 JavaScript。脚本都在这个文件里，不会加载任何东西；<code>ctr report --md</code> 可以生成不需要脚本的讲义。',
  }[language];
  return `<!doctype html>
<html lang="${language === 'zh' ? 'zh-CN' : 'en'}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${escaped(data.header.name)} · ctr</title>
<style>${style}</style>
</head>
<body>
<div id="page"></div>
<div id="print"></div>
<noscript><p>${needsScript}</p></noscript>
<script type="application/json" id="data">${dataText(data)}</script>
<script>${script}</script>
</body>
</html>
`;
}
