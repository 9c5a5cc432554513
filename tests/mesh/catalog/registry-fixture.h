/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "catalog/mesh-announcement.h"
#include "trust-fixture.h"

/* Announcements for tests, good ones and wrong ones. */

typedef struct
{
  const char *app_id;
  const char *channel;
  const char *version;
  const char *name;
  const char *summary;
  const char *publisher;
  const char *category; /* (nullable) */
  const char *tag;      /* (nullable) */
  guint64 counter;
  gint64 expires_s;
  guint8 key; /* the publisher's */
} RegistryFixture;

/* A good one, valid at TRUST_FIXTURE_NOW_S; change what should be another. */
RegistryFixture registry_fixture_default (void);

/* The same, valid now. */
RegistryFixture registry_fixture_now (void);

MeshSignedManifest *registry_fixture_release (const RegistryFixture *fixture);
GBytes *registry_fixture_envelope (const RegistryFixture *fixture);
MeshAnnouncement *registry_fixture_announcement (const RegistryFixture *fixture);
GBytes *registry_fixture_bytes (const RegistryFixture *fixture);

/* What is believed once that publisher's release was installed. */
MeshTrustState *registry_fixture_trust (const RegistryFixture *fixture);
