/** The builder of networks and the diagnosis, as a user meets them. */
import { expect, it } from 'vitest';
import { eventually, servePage, visit } from './page.ts';

const served = servePage();

it('adds a layer, tells its shape, says what is wrong at it, takes it back, and trains with it', async () => {
  await using v = await visit(served, 'world=cart-pole&agent=ppo&speed=turbo');
  const { page, complaints } = v;
  await v.run().above('Steps', 0);
  await v.button('Build the network').click();
  const tab = page.getByRole('region', { name: 'Network', exact: true });
  await tab.getByText('4 → 2').waitFor();
  await tab.getByRole('img', { name: 'Outputs' }).first().waitFor();
  await v.button('Edit a copy').click();
  await v.button('Add layer').click();
  const third = tab.getByRole('listitem', { name: 'Layer 3' });
  await eventually(() => third.innerText()).toContain('4,160 parameters');
  await third.getByLabel('units of layer 3').fill('0');
  await page.keyboard.press('Enter');
  await eventually(() => third.getByRole('alert').innerText()).toBe('units: expected at least 1, got 0.');
  expect(await v.button('Start with it').count()).toBe(0);
  await v.button('Undo').click();
  await eventually(() => third.getByRole('alert').count()).toBe(0);
  await third.getByLabel('units of layer 3').fill('32');
  await page.keyboard.press('Enter');
  await eventually(() => v.hash()).toContain('agent.network=');
  await v.button('Start with it').click();
  await eventually(() => v.button('Start with it').count()).toBe(0);
  await v.run().above('Steps', 512);
  await eventually(() => tab.getByRole('img', { name: 'Outputs' }).count()).toBe(4);
  expect(complaints).toEqual([]);
});

it('says that ε stays at 1, and one click mends it in the running agent', async () => {
  await using v = await visit(served, 'world=cart-pole&agent=dqn&agent.epsilonEnd=1&speed=turbo');
  const { page, complaints } = v;
  const diagnosis = v.run().card.getByRole('group', { name: 'Diagnosis' });
  const said = () => diagnosis.getByRole('status').innerText();
  await eventually(said).toBe(
    'Exploration stays at ε = 1 (Final ε): the agent acts mostly at random, so its returns cannot rise',
  );
  const steps = await v.run().number('Steps');
  await v.button('Set Final ε to 0.05').click();
  await eventually(() => diagnosis.innerText()).not.toContain('Exploration stays');
  expect(await v.run().number('Steps')).toBeGreaterThanOrEqual(steps);
  expect(await page.getByRole('textbox', { name: 'Final ε' }).inputValue()).toBe('0.05');
  expect(complaints).toEqual([]);
});

it('builds a model’s network in the classifier’s room the same way', async () => {
  const link = 'room=classifier&data=iris&model=mlp&model.epochs=50000';
  await using v = await visit(served, link);
  const { page, complaints } = v;
  const room = v.panel('Network');
  await v.button('Build the network').click();
  await room.getByText('4 → 3, 2,051 parameters').waitFor();
  await room.getByRole('img', { name: 'Outputs' }).first().waitFor();
  await v.button('Edit a copy').click();
  await v.button('Add layer').click();
  const third = room.getByRole('listitem', { name: 'Layer 3' });
  await eventually(() => third.innerText()).toContain('16,448 parameters');
  await third.getByLabel('units of layer 3').fill('0');
  await page.keyboard.press('Enter');
  await eventually(() => third.getByRole('alert').innerText()).toBe('units: expected at least 1, got 0.');
  expect(await v.button('Start with it').count()).toBe(0);
  await v.button('Undo').click();
  await eventually(() => v.hash()).toContain('model.network=');
  await v.button('Start with it').click();
  await eventually(() => v.button('Start with it').count()).toBe(0);
  await eventually(() => room.getByRole('img', { name: 'Outputs' }).count()).toBe(3);
  await v.button('Close the builder').click();
  await eventually(() => room.count()).toBe(0);
  expect(complaints).toEqual([]);
});
