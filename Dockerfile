# Exchange with its workers' extra, from this checkout: what requirements.lock names, and nothing newer.
FROM python:3.11-slim
RUN useradd --create-home exchange
WORKDIR /exchange
COPY . .
RUN pip install --no-cache-dir --no-deps --require-hashes --requirement requirements.lock \
    && pip install --no-cache-dir --no-deps --no-build-isolation .
USER exchange
ENTRYPOINT ["exchange"]
