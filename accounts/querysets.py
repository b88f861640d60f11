from django.db import models


class GrantQuerySet(models.QuerySet):
    def valid_on(self, on):
        return self.filter(validity__contains=on)
