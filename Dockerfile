# Verbatim in a container: what requirements.lock names, checked by its hashes, then the bot itself.
# Runs without root rights on a read-only file system; everything it writes lies in /data.

FROM python:3.13-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /build
RUN python -m venv /opt/verbatim
COPY requirements.lock ./
RUN /opt/verbatim/bin/pip install --require-hashes --only-binary :all: -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY bot bot
COPY prompts prompts
RUN /opt/verbatim/bin/pip install --no-deps --no-build-isolation .

FROM python:3.13-slim-trixie
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin verbatim \
    && install -d -o verbatim -g verbatim /data
COPY --from=build /opt/verbatim /opt/verbatim
COPY seeds /seeds
ENV PATH=/opt/verbatim/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    VERBATIM_DATA_DIR=/data \
    VERBATIM_SEEDS_DIR=/seeds
USER 10001
# A verbatim.toml mounted here is read.
WORKDIR /etc/verbatim
VOLUME /data
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 CMD ["verbatim", "health"]
ENTRYPOINT ["verbatim"]
CMD ["run"]
