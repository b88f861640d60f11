FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY requirements.txt ./
RUN pip install --require-hashes -r requirements.txt
COPY . .
# Collecting the static files reads the settings; none of these values is kept in the image.
RUN DATABASE_URL=postgres://none/none REDIS_URL=redis://none ALLOWED_HOSTS=none SECRET_KEY=none \
    python manage.py collectstatic --no-input --verbosity 0 \
    && useradd --system --home-dir /app app && install -d -o app var
USER app
EXPOSE 8000
CMD ["gunicorn", "config.wsgi", "--bind=0.0.0.0:8000", "--worker-class=gthread", "--workers=2", \
     "--threads=4", "--worker-tmp-dir=/dev/shm", "--no-control-socket"]
