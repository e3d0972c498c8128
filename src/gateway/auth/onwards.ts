import { html } from 'hono/html';

/** A page that goes on to a path by itself, without script and without a redirect of the request that came. */
export const onwards = (path: string) => html`<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="refresh" content="0; url=${path}">
    <title>Countersign</title>
  </head>
  <body><p><a href="${path}">Go on</a></p></body>
</html>`;
