/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "ctl/shoalctl-session.h"

static void
run_org (ShoalctlSession *session)
{
  shoalctl_session_fail_text (
      session, "Organisations are not available yet in shoalctl " PACKAGE_VERSION
               "; a later version will have them");
}

const ShoalctlCommand shoalctl_org_commands[] = {
  { "org", "[ARGUMENT…]", 0, G_MAXUINT,
    "Not available yet: state shared by an organisation", NULL, run_org, TRUE },
  { NULL },
};
