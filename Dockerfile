# Targets: `server` (the default) and `demo`, the simulated users of dev/demo.
FROM node:24-bookworm-slim AS base
WORKDIR /app
COPY package.json package-lock.json .npmrc ./

FROM base AS build
RUN --mount=type=cache,target=/npm-cache npm ci --cache /npm-cache
COPY tsconfig.json tsconfig.build.json ./
COPY src ./src
RUN npm run build

FROM base AS dependencies
RUN --mount=type=cache,target=/npm-cache npm ci --cache /npm-cache --omit=dev

FROM base AS demo-dependencies
# Of all dependencies only the client, as the lockfile has it.
RUN --mount=type=cache,target=/npm-cache node -e "\
  const { name, type, devDependencies } = require('./package.json'); \
  const client = '@modelcontextprotocol/client'; \
  const dependencies = { [client]: devDependencies[client] }; \
  fs.writeFileSync('package.json', JSON.stringify({ name, type, private: true, dependencies }))" \
  && npm install --cache /npm-cache

FROM node:24-bookworm-slim AS demo
WORKDIR /app
ENV NODE_ENV=production
COPY --from=demo-dependencies /app/package.json ./
COPY --from=demo-dependencies /app/node_modules ./node_modules
COPY dev/demo ./dev/demo
USER node
CMD ["node", "dev/demo/main.ts"]

# What the running server calls itself; without the argument it is what package.json says.
FROM base AS manifest
ARG VERSION=
RUN if [ -n "$VERSION" ]; then npm pkg set "version=$VERSION"; fi

FROM node:24-bookworm-slim AS server
WORKDIR /app
# A container must listen beyond loopback, which requires an AUTH_MODE or ALLOW_ANONYMOUS=true.
ENV NODE_ENV=production HOST=:: PORT=8080 OPS_PORT=9464
COPY --from=dependencies /app/node_modules ./node_modules
COPY migrations ./migrations
COPY docs ./docs
COPY *.md ./
COPY public ./public
COPY --from=manifest /app/package.json ./
COPY --from=build /app/dist ./dist
ARG COMMIT=unknown
ENV COMMIT=$COMMIT
# The files belong to root, so the process cannot change what it runs.
USER node
EXPOSE 8080 9464
# Liveness only: a restart does not fix a failed readiness check (/readyz).
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --start-interval=1s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.OPS_PORT}/livez`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# In a container of 512 MiB or less V8 would limit a semi-space to 1 MiB, and garbage collection would nearly double the cost of an echo.
CMD ["node", "--max-semi-space-size=16", "--import", "./dist/telemetry/register.js", "dist/main.js"]
