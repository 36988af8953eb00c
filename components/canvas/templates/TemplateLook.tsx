'use client'

/** How a template is drawn, and whether the chosen color follows it. */
import { RadioGroup, Slider, Switch } from 'radix-ui'
import { useId } from 'react'
import type { TemplateLook as Look, PlacedTemplate } from '../../../lib/templates/template.ts'
import { useWords } from '../../language.tsx'
import { useSession, useUi } from '../canvas-context.ts'
import type { TemplateStore } from './template-store.ts'
import type { TemplateView } from './template-view.ts'

type Kind = 'ghost' | 'dots' | 'symbols'
const kinds: readonly Kind[] = ['ghost', 'dots', 'symbols']
const sizes = ['small', 'medium', 'large'] as const

const kindOf = (look: Look): Kind => (look === 'ghost' || look === 'symbols' ? look : 'dots')
const lookOf = (kind: Kind): Look => (kind === 'dots' ? 'dots-medium' : kind)

export const TemplateLook = ({ store, template }: { store: TemplateStore; template: PlacedTemplate }) => {
  const { t } = useWords()
  const { id, look, opacity } = template
  const kind = kindOf(look)
  return (
    <div className="space-y-3" data-testid="template-look">
      <Choice
        label={t('templateView.look')}
        value={kind}
        options={kinds.map((name) => ({ value: name, label: t(`templateView.looks.${name}`) }))}
        onChange={(name) => store.update(id, { look: lookOf(name) })}
      />
      {kind === 'dots' && (
        <Choice
          label={t('templateView.dotSize')}
          value={look.replace('dots-', '') as (typeof sizes)[number]}
          options={sizes.map((size) => ({ value: size, label: t(`templateView.dotSizes.${size}`) }))}
          onChange={(size) => store.update(id, { look: `dots-${size}` })}
        />
      )}
      {kind === 'ghost' && <Opacity value={opacity} onChange={(value) => store.update(id, { opacity: value })} />}
    </div>
  )
}

interface ChoiceProps<Value extends string> {
  readonly label: string
  readonly value: Value
  readonly options: readonly { readonly value: Value; readonly label: string }[]
  readonly onChange: (value: Value) => void
}

const Choice = <Value extends string>({ label, value, options, onChange }: ChoiceProps<Value>) => (
  <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1">
    <span className="text-[13px] text-muted">{label}</span>
    <RadioGroup.Root
      aria-label={label}
      value={value}
      onValueChange={(next) => onChange(next as Value)}
      className="flex min-w-52 flex-1 rounded-button border border-line p-0.5"
    >
      {options.map((option) => (
        <RadioGroup.Item
          key={option.value}
          value={option.value}
          data-look={option.value}
          className="min-h-8 flex-1 rounded-[8px] px-2 text-[13px] data-[state=checked]:bg-ultramarine/12 data-[state=checked]:font-medium data-[state=checked]:text-ultramarine max-sm:min-h-11"
        >
          <span>{option.label}</span>
        </RadioGroup.Item>
      ))}
    </RadioGroup.Root>
  </div>
)

const Opacity = ({ value, onChange }: { value: number; onChange: (value: number) => void }) => {
  const { t } = useWords()
  const percent = Math.round(value * 100)
  return (
    <div className="flex items-center gap-4">
      <span className="text-[13px] text-muted">{t('templateView.opacity')}</span>
      <Slider.Root
        value={[percent]}
        min={10}
        max={100}
        step={1}
        onValueChange={([next = percent]) => onChange(next / 100)}
        className="relative flex h-9 flex-1 touch-none items-center max-sm:h-11"
      >
        <Slider.Track className="relative h-1 flex-1 rounded-full bg-line">
          <Slider.Range className="absolute h-full rounded-full bg-ultramarine" />
        </Slider.Track>
        <Slider.Thumb
          aria-label={t('templateView.opacity')}
          className="block size-5 rounded-full border border-line bg-surface shadow-sm outline-offset-2"
        />
      </Slider.Root>
      <span className="w-12 text-end font-mono text-[13px] tabular-nums">{t('templateView.percent', { percent })}</span>
    </div>
  )
}

/** A host may forbid it. */
export const AssistSwitch = ({ view }: { view: TemplateView }) => {
  const { t } = useWords()
  const id = useId()
  const isAllowed = useSession((state) => state.canvas?.assist ?? false)
  const isOn = useUi((state) => state.assist)
  return (
    <label htmlFor={id} className="flex min-h-11 items-center justify-between gap-4">
      <span>
        <span className="text-[13px]">{t('templateView.assist')}</span>
        <span className="block text-[12.5px] text-muted">{t(isAllowed ? 'templateView.assistHint' : 'templateView.assistForbidden')}</span>
      </span>
      <Switch.Root
        id={id}
        disabled={!isAllowed}
        checked={isOn && isAllowed}
        onCheckedChange={(on) => view.setAssist(on)}
        data-testid="template-assist"
        className="h-6 w-10 shrink-0 rounded-full bg-line p-0.5 transition-colors disabled:opacity-50 data-[state=checked]:bg-ultramarine"
      >
        <Switch.Thumb className="block size-5 rounded-full bg-surface transition-transform data-[state=checked]:translate-x-4 rtl:data-[state=checked]:-translate-x-4" />
      </Switch.Root>
    </label>
  )
}
