# Serves a model over HTTP, without torch, as a user without rights. docs/serving.md has the commands.
# The Python that constraints.txt was made with, and that the tests run on.
FROM python:3.11-slim
COPY pyproject.toml constraints.txt README.md LICENSE /onelook/
COPY src /onelook/src
RUN pip install --no-cache-dir --root-user-action ignore --constraint /onelook/constraints.txt "/onelook[serve]" \
    && rm -r /onelook \
    && useradd --uid 10001 --create-home onelook
USER 10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/readyz', timeout=2)"]
ENTRYPOINT ["onelook", "serve", "--host", "0.0.0.0"]
CMD ["/model"]
