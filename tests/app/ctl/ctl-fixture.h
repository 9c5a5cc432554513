/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#pragma once

#include <gio/gio.h>
#include <json-glib/json-glib.h>

/* A private bus, real shoald processes on it and the real shoalctl. The programs come
 * from the environment: SHOALD, SHOALCTL. */

#define CTL_FIXTURE_NAME "org.shoal.Test.A"
#define CTL_FIXTURE_SECOND "org.shoal.Test.B"

typedef struct
{
  char *dir;            /* (owned) */
  GTestDBus *bus;       /* (owned) */
  GPtrArray *processes; /* (owned) (element-type GSubprocess) */
} CtlFixture;

typedef struct
{
  int code;       /* exit status, -1 after a signal */
  char *out;      /* (owned) */
  char *err;      /* (owned) */
  JsonNode *json; /* (owned) (nullable): of out */
} CtlRun;

void ctl_run_free (CtlRun *run);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CtlRun, ctl_run_free)

/* A bus alone. */
void ctl_fixture_set_up_bus (CtlFixture *fixture, gconstpointer unused);

/* A bus and the node CTL_FIXTURE_NAME, a mini-master that is its own Master Server. */
void ctl_fixture_set_up (CtlFixture *fixture, gconstpointer unused);
void ctl_fixture_tear_down (CtlFixture *fixture, gconstpointer unused);

/* Starts a node and waits for its name; then more arguments of shoald, ended by %NULL. */
void
ctl_fixture_start (CtlFixture *fixture, const char *bus_name, ...) G_GNUC_NULL_TERMINATED;

/* As the second node: connected to the first, and with the same Master Server. */
void ctl_fixture_start_second (CtlFixture *fixture);

/* Runs shoalctl with exactly these arguments, ended by %NULL. */
CtlRun *ctl_fixture_run (CtlFixture *fixture, ...) G_GNUC_NULL_TERMINATED;

/* Runs shoalctl --bus-name @bus_name --json …, which must succeed and print JSON. */
CtlRun *
ctl_fixture_ask (CtlFixture *fixture, const char *bus_name, ...) G_GNUC_NULL_TERMINATED;

/* The same; it must end with 1, print nothing, and one line of JSON on standard error
 * whose error is @nick. */
void ctl_fixture_ask_fails (CtlFixture *fixture,
                            const char *bus_name,
                            const char *nick,
                            ...) G_GNUC_NULL_TERMINATED;

/* A path in the folder of the test; with @content it is written. */
char *ctl_fixture_path (CtlFixture *fixture, const char *name);
char *ctl_fixture_write (CtlFixture *fixture, const char *name, const char *content);

/* A folder with a small program "run", an icon and a file of @n_bytes bytes. */
char *ctl_fixture_write_app (CtlFixture *fixture, const char *name, gsize n_bytes);

JsonObject *ctl_run_get_object (CtlRun *run);
JsonArray *ctl_run_get_array (CtlRun *run);
const char *ctl_run_get_string (CtlRun *run, const char *member);
gint64 ctl_run_get_int (CtlRun *run, const char *member);

/* The members must be exactly these, in any order: the documented shape. @names is a
 * list with blanks between. */
void ctl_fixture_assert_members (JsonObject *object, const char *names);
