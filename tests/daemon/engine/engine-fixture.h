/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include "engine/shoald-engine.h"

#include "daemon/test-wait.h"

/* An engine over a real node, without a bus. */
typedef struct
{
  char *dir;            /* (owned) */
  ShoaldEngine *engine; /* (owned) */
} EngineFixture;

/* Starts an engine in @dir/@name. */
ShoaldEngine *engine_fixture_start (const char *dir,
                                    const char *name,
                                    const char *sharing,
                                    const char *bootstrap) G_GNUC_WARN_UNUSED_RESULT;
void engine_fixture_stop (ShoaldEngine *engine);

/* For g_test_add(): one engine that shares on a free port of this machine. */
void engine_fixture_set_up (EngineFixture *fixture, gconstpointer data);
void engine_fixture_tear_down (EngineFixture *fixture, gconstpointer data);

/* Waits for the end of a job and checks that it is done; (transfer none): its result. */
GVariant *engine_fixture_wait_done (ShoaldJob *job);

/* Waits for the end of a job and checks how it failed. */
void engine_fixture_wait_error (ShoaldJob *job, GQuark domain, int code);

/* A file with bytes that do not repeat. */
char *engine_fixture_make_file (const char *dir,
                                const char *name,
                                gsize size,
                                guint32 seed) G_GNUC_WARN_UNUSED_RESULT;

/* Adds a file; (transfer full): its CID. */
char *
engine_fixture_add (ShoaldEngine *engine, const char *path) G_GNUC_WARN_UNUSED_RESULT;

/* (transfer full): where it listens, with /p2p. */
char *engine_fixture_dup_address (ShoaldEngine *engine) G_GNUC_WARN_UNUSED_RESULT;

/* Two that are connected: @other fetches from the fixture's engine. */
ShoaldEngine *engine_fixture_start_other (EngineFixture *fixture,
                                          const char *sharing) G_GNUC_WARN_UNUSED_RESULT;

#define ENGINE_FIXTURE_APP "org.example.Hello"

/* Publishes @size bytes and a program as ENGINE_FIXTURE_APP; the folder is @dir/@name. */
void engine_fixture_publish (EngineFixture *fixture,
                             const char *name,
                             const char *version,
                             gsize size,
                             guint32 seed);

/* Installs ENGINE_FIXTURE_APP from the peers of @engine. */
void engine_fixture_install (ShoaldEngine *engine);
