/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Copyright (C) 2026 The Shoal authors */
#include "config.h"

#include "prefs/shoal-welcome-page.h"

struct _ShoalWelcomePage
{
  AdwBin parent_instance;
};

G_DEFINE_FINAL_TYPE (ShoalWelcomePage, shoal_welcome_page, ADW_TYPE_BIN)

static void
shoal_welcome_page_class_init (ShoalWelcomePageClass *klass)
{
  gtk_widget_class_set_template_from_resource (
      GTK_WIDGET_CLASS (klass), "/org/shoal/Shoal/prefs/shoal-welcome-page.ui");
}

static void
shoal_welcome_page_init (ShoalWelcomePage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
